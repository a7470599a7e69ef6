// The numbers that a study reads of a run's evaluation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/study/study.h"
#include "refract/eval/metric.h"

namespace refract {

// Names of the metrics that a study reads, its own first.
std::vector<std::string> metrics_of(const Study& study);

// `own`, the table of the study's metric, with the columns that stand beside; NaN for what is not in `others`. Its
// protocol has those of the others. It has no spreads.
MetricTable with_columns(const Study& study, MetricTable own, const std::vector<MetricTable>& others);

// The same of all tables of an evaluation; none where one of the study's metrics is not among them.
std::optional<MetricTable> joined_table(const Study& study, const std::vector<MetricTable>& tables);

}  // namespace refract
