// Metric tables as the program prints them.
#pragma once

#include <string>

#include "refract/eval/metric.h"

namespace refract {

// As to_text of eval/table.h. On a terminal that is narrower than the table its columns stand in several blocks.
std::string metric_text(const MetricTable& table);

// The same for a terminal of `width` columns.
std::string metric_text(const MetricTable& table, size_t width);

}  // namespace refract
