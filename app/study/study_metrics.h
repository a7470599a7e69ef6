// The numbers that a study reads of a run's evaluation.
#pragma once

#include <string>
#include <vector>

#include "app/study/study.h"
#include "refract/eval/metric.h"

namespace refract {

// The rows of metrics' tables that a study reads of the runs of a row.
std::vector<std::string> rows_read(const Study& study, const StudyRow& row);

// Names of the metrics that these rows are read from: the study's own first, then those beside it that have numbers for
// one of them.
std::vector<std::string> metrics_of(const Study& study, const std::vector<std::string>& rows);

// The table of a metric; null where there is none.
const MetricTable* table_of_metric(const std::vector<MetricTable>& tables, const std::string& metric);

// The table of the study's metric, which is among `tables`, with the columns that stand beside; NaN for what the others
// do not have. Rows that a column names and only the other metric has follow the study's own. Its protocol has those of
// the others, without the sentences at their ends that it has already. It has no spreads.
MetricTable joined_table(const Study& study, const std::vector<MetricTable>& tables);

}  // namespace refract
