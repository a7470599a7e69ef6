// Studies: tables of papers that `refract reproduce` makes, row by row.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "refract/core/options.h"

namespace refract {

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
};

// Numbers of another metric that stand beside those of the study's own.
struct StudyColumn {
  std::string title;
  std::string metric, column;  // where they are found
  // Rows of the study's metric that have such a number ("z mean"), and the rows of the other where it stands.
  std::vector<std::pair<std::string, std::string>> rows;
  std::string after;  // the column of the study's metric that it stands behind; without it, it is the first
};

struct Study {
  std::string name, summary, source;
  std::string data;    // registry name
  std::string metric;  // whose table is read
  std::string unit;
  std::vector<StudyColumn> beside;
  std::vector<StudyRow> rows;
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

// Throw BadInput, naming the nearest.
const Study& study(std::string_view name);
const Budget& budget_of(const Study& study, std::string_view name);

}  // namespace refract
