#include "app/cli/metric_text.h"

#include <algorithm>

#include "app/cli/terminal.h"
#include "refract/eval/table.h"

namespace refract {
namespace {

// Behind the end of line `number`, counted from 1.
size_t end_of_line(const std::string& text, size_t number) {
  size_t at = 0;
  for (size_t i = 0; i < number && at < text.size(); ++i) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return at;
}

}  // namespace

std::string metric_text(const MetricTable& table) {
  return metric_text(table, output_width(std::string::npos));
}

std::string metric_text(const MetricTable& table, size_t width) {
  const std::string text = to_text(table);  // a title, the heading of the columns, the rows, and sentences
  const size_t from = end_of_line(text, 1);
  const size_t to = end_of_line(text, 2 + table.rows.size());
  return text.substr(0, from) + in_blocks(text.substr(from, to - from), width) + text.substr(to);
}

}  // namespace refract
