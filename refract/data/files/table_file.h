// Tables of numbers, a row an example: comma- and tab-separated text, and NumPy's archives.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace refract {

// What becomes of cells without a value: empty ones, NA, N/A, NaN, nan, null, None, "." and "?", in just these
// spellings.
enum class MissingPolicy {
  refuse,
  mean,  // of the column, over the rows that are of the reference set or unlabelled
  drop,  // the row
};

// Of "mean" and "drop"; refuse of any other word.
MissingPolicy missing_policy(const std::string& word);

// What is wanted of a table. Columns are named as in its header. Those that are named for something else are no
// features.
struct TableQuery {
  std::filesystem::path file;
  std::vector<std::string> columns;  // the features, in this order, such as those of a trained model; none: all that is
                                     // not named below, without columns of one value
  std::vector<std::string> factors;  // what is known of each row, to measure by
  std::vector<std::string> colours;  // to colour by; a column of them stays a feature unless it is named otherwise
  std::vector<std::string> ignore;
  std::string label;             // "": none
  std::string name;              // of the row; "": a first column whose name is empty, or else none
  std::string reference_where;   // a condition as table_condition.h has it; "": no row
  std::string unlabelled_where;  // "": every row that is not of the reference set
  bool overlap = false;          // a row may be in both
  MissingPolicy missing = MissingPolicy::refuse;
  std::vector<float> fill;  // beside `columns`, as many: takes the place of the means
  bool counts = false;      // features have to be 0, 1, 2, ...
};

constexpr size_t most_table_texts = 1000;  // different ones in a label, in a factor or in a column to colour by

struct TableFactor {
  std::string name;
  std::vector<double> values;            // [N]; of text, places in value_names
  std::vector<std::string> value_names;  // in the order of their bytes, each once; none where the values are numbers
};

struct Table {
  std::vector<std::string> columns;  // [D], D >= 1
  std::vector<float> values;         // [N, D], row by row, all finite; N >= 2, and >= 1 where a query names `columns`
  std::vector<float> means;          // [D], over the rows of either set: what TableQuery::fill takes for later rows
  std::vector<std::string> names;    // [N], each once; or none
  std::vector<std::string> places;   // [N], where each row stands in the file: "line 17"
  std::vector<std::string> labels;   // [N], or none
  std::vector<TableFactor> factors;  // in the query's order
  std::vector<TableFactor> colours;  // in the query's order; values are NaN where a cell has none
  std::vector<bool> in_reference;    // [N]
  std::vector<bool> in_unlabelled;   // [N]; each row is in one set or, where a query allows it, in both
  std::string sha256;                // of the file, unpacked where it is gzip
  std::vector<std::string> notes;    // sentences for the user: what was left out, dropped or filled

  [[nodiscard]] size_t rows() const { return in_reference.size(); }
};

// Text has a header line, then a line for each row; its separator is the tab where the name ends in .tsv or .tsv.gz or
// the header has tabs and no commas, otherwise the comma; cells may be quoted (RFC 4180), and all of it packed by gzip.
// An archive has numbers [N, D] in `data`, `x` or `X`, or one array of that kind alone; texts [D] in `columns` or
// `feature_names`, without which they are x1, x2, ...; rows' names in `names`, `rows` or `obs_names`; every other array
// [N] is a further column. Kinds of files are told by content. Text and its numbers are held at once: for counts, three
// times the file.
//
// Throws BadInput, naming file, line or row, and column, for a file that is missing or none of these; unequal numbers
// of cells, columns without a name or two of one, a header of numbers, fewer than two rows; text among features (whose
// columns it lists), numbers that are infinite, too large for float32 or, where counts are asked for, no counts;
// missing values by the policy, for means also in a label or factor; more than most_table_texts different labels of
// unlabelled rows or texts of a factor; rows' names that are empty or come twice; columns
// that are named but not there; a condition that cannot be read or that no row meets, a row in both sets, no row in one
// of them.
Table read_table(const TableQuery& query);

}  // namespace refract
