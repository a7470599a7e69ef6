// A table as it was read, before its rows become examples.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "refract/data/files/table_file.h"

namespace refract {

struct RawTable {
  std::filesystem::path file;
  std::string unit;                                       // what places count: "line", "row"
  std::vector<int64_t> places;                            // [N], from 1
  std::vector<std::string> columns;                       // [D], of features
  std::vector<float> values;                              // [N, D]; NaN where none is given
  std::map<std::string, std::vector<std::string>> texts;  // [N] each: columns that a query names for something else
  std::string names;                                      // which of them names the rows; "" for none
  bool names_implied = false;                             // by the file, not by the query
  std::string sha256;
  std::vector<std::string> notes;

  [[nodiscard]] size_t rows() const { return places.size(); }
  [[nodiscard]] std::string place(size_t row) const;  // "line 17"

  // Throws BadInput: "Reading the table FILE: WHY".
  [[noreturn]] void refuse(const std::string& why) const;
};

// What becomes of the columns of a header.
struct ColumnPlan {
  std::vector<std::string> features;  // [D]
  std::vector<int64_t> slots;         // for each column, its place among the features; -1 for no feature
  std::vector<bool> kept;             // for each column, whether it goes to RawTable::texts
};

// `implied_names`: the column that names the rows where the query does not say; "" for none. Takes file, columns and
// names of the plan into `table`. Throws BadInput for two columns of one name, and for columns that the query names and
// that are not there.
ColumnPlan plan_columns(const TableQuery& query, const std::vector<std::string>& header,
                        const std::string& implied_names, RawTable& table);

// Sorts the rows into sets, deals with gaps, leaves out what is constant. Throws BadInput as read_table does.
Table table_of(RawTable raw, const TableQuery& query);

// The readers of each kind; `text` is the file's content. They throw BadInput.
RawTable read_text_table(const TableQuery& query, std::string text);
RawTable read_npz_table(const TableQuery& query);

}  // namespace refract
