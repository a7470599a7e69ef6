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

struct Budget {
  std::string name, meaning;
  int64_t steps = 0;  // of a row with effort 1
  KeyValues options;
  std::vector<std::pair<std::string, KeyValues>> of_method;  // besides, for the methods named
};

struct Study {
  std::string name, summary, source;
  std::string data;    // registry name
  std::string metric;  // whose table is read
  std::string unit;
  std::vector<StudyRow> rows;
  bool pixels = false;                      // a row for raw pixels; one for an untrained model is always there
  std::vector<std::string> other_features;  // "KEY/BLOCK" whose numbers are shown below the rows
  std::vector<Budget> budgets;              // the first is the default
};

const std::vector<Study>& studies();

// Throw BadInput, naming the nearest.
const Study& study(std::string_view name);
const Budget& budget_of(const Study& study, std::string_view name);

}  // namespace refract
