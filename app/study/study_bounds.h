// What the numbers of a study are to be read against.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "app/study/study_plan.h"

namespace refract {

// Rows of metrics' tables that no model has a part in: they are the same for all runs. The row "untrained encoder" is
// not among them: it is that of one run's networks, and StudyBound has an untrained model for the study.
inline constexpr std::array bounds_in_tables = {
    "predict the mean",        "chance",     "noise",         "uniform chance", "majority chance",  "images", "rows",
    "other held-out examples", "mean image", "nearest image", "test examples",  "training examples"};

struct StudyBound {
  std::string name;      // "untrained model", "raw pixels"
  std::string features;  // the row of the table to show
  MetricTable table;     // of the study's metric with the columns beside it
};

// A model of the first row's method as it is before training, and raw pixels where the study wants them. Measured
// once for the same options, files and judge; kept in the study's folder.
std::vector<StudyBound> study_bounds(const StudyPlan& plan);

}  // namespace refract
