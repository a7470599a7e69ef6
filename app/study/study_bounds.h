// What the numbers of a study are to be read against.
#pragma once

#include <string>
#include <vector>

#include "app/study/study_plan.h"

namespace refract {

struct StudyBound {
  std::string name;      // "untrained model", "raw pixels"
  std::string features;  // the row of the table to show
  MetricTable table;
};

// A model of the first row's method as it is before training, and raw pixels where the study wants them. Measured
// once for the same options and files; kept in the study's folder.
std::vector<StudyBound> study_bounds(const StudyPlan& plan);

}  // namespace refract
