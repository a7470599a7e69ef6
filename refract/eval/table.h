// Metric tables as JSON and as text. docs/report.md specifies the JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "refract/eval/metric.h"

namespace refract {

// {"tables": [{"metric", "title", "unit", "columns", "rows": [{"name", "values", "spreads"}], "protocol", "note",
// "judge"}]}; a value that is not a number stands as null; spreads, a note and a judge are left out where there are
// none. `step` is the training step that was evaluated.
std::string to_json(const std::vector<MetricTable>& tables, int64_t step);

struct Evaluation {
  int64_t step = 0;
  std::vector<MetricTable> tables;
};

// The inverse. Throws BadInput, naming `origin`, where the text is not such JSON.
Evaluation evaluation_from_json(std::string_view text, const std::string& origin);

// Aligned columns for a terminal, three decimals. In a table wider than 100 characters the last column alone has
// spreads.
std::string to_text(const MetricTable& table);

// "0.061", or "-" for a value that is not a number.
std::string value_text(double value);

// "0.575 ± 0.060" where the row has a spread for the column.
std::string value_text(const MetricTable::Row& row, size_t column);

}  // namespace refract
