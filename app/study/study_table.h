// What a study found, beside what its paper has.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/study/study_plan.h"

namespace refract {

struct StudyTable {
  struct Row {
    std::string name;
    std::vector<double> means, deviations;  // over seeds; the sample standard deviation, empty for one seed
    std::vector<double> paper;              // empty where the paper has none
    int64_t seeds = 0;
    double value = 0;  // chosen from the sweep; 0 where there was none
  };
  std::string title, unit, protocol;
  std::vector<std::string> columns;  // the last is the average
  std::vector<Row> rows;
};

// From the runs that are done, and what their numbers are to be read against (study_bounds.h); a row that has no run is
// left out. Throws what finished_table throws.
StudyTable study_table(const StudyPlan& plan, const std::vector<double>& chosen);

std::string to_text(const StudyTable& table);      // aligned, for a terminal
std::string to_markdown(const StudyTable& table);  // a table, and how it was made
Json to_json(const StudyTable& table);

}  // namespace refract
