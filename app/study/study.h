// Studies: tables of papers that `refract reproduce` makes, row by row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "refract/core/options.h"

namespace refract {

// The options of both; those of `more` come last.
KeyValues joined(KeyValues all, const KeyValues& more);

// One regularisation weight is varied; each option becomes its factor times the value.
struct Sweep {
  std::vector<std::pair<std::string, double>> options;
  std::vector<double> values;  // empty: nothing is varied
};

struct StudyRow {
  std::string name;      // as in the paper's table
  std::string method;    // registry name
  KeyValues options;     // besides those of the budget
  std::string features;  // the row of the metric's table: of the latent block that is read, "e"; "generated"
  double effort = 1;     // steps, as a part of the budget's
  Sweep sweep;
  std::vector<double> paper;  // the paper's numbers, one a column, or its average alone
  std::string key = method;   // of its folders and of --only; rows of one method have different keys
};

// What is read of another block of a row's runs, shown below the rows.
struct OtherFeatures {
  std::string key;            // of the row
  std::string features;       // a row of the metric's table: "z", "z sampled"
  std::vector<double> paper;  // as a row's
};

struct Budget {
  std::string name, meaning;
  int64_t steps = 0;  // of a row with effort 1
  KeyValues options;
  std::vector<std::pair<std::string, KeyValues>> of_method;  // besides, for the methods named
  int64_t samples = 5000;          // of each kind that metrics of samples compare, where the study has a judge
  double evaluation_seconds = 30;  // about what measuring a run takes after its last step
};

// Numbers of another metric that stand beside those of the study's own.
struct StudyColumn {
  std::string title;
  std::string metric, column;  // where they are found
  // Rows that have such a number ("z mean"), and the rows of the other metric where it stands. A row that the study's
  // metric does not have has the numbers of others alone. The other metric is measured for runs of which one of these
  // rows is read.
  std::vector<std::pair<std::string, std::string>> rows;
  std::string after;  // the column that it stands behind; without it, it is the first
};

struct Study {
  std::string name, summary, source;
  std::vector<std::string> also;  // other names: of tables of the paper that the same trainings make
  std::string data;               // registry name
  std::string metric;             // whose table is read
  std::string unit;
  std::vector<StudyColumn> beside;
  std::vector<StudyRow> rows;
  // A classifier that metrics of samples use for all rows and seeds. It is trained first, once, with seed 1, in a
  // folder of its key.
  std::optional<StudyRow> judge;
  bool pixels = false;  // a row for raw pixels; one for an untrained model is always there
  std::vector<OtherFeatures> other_features;
  std::vector<Budget> budgets;  // the first is the default
  // Studies of one data set each, whose tables stand one below the other; all have budgets of the same names. The
  // study itself has a name, a summary and a source then, and nothing else.
  std::vector<Study> parts;
};

const std::vector<Study>& studies();

// Of a study without parts, the study itself.
std::vector<const Study*> parts_of(const Study& study);

// Throw BadInput, naming the nearest. A study is found by its other names, too.
const Study& study(std::string_view name);
const Budget& budget_of(const Study& study, std::string_view name);

}  // namespace refract
