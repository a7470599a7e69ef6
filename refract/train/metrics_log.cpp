#include "refract/train/metrics_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "refract/core/errors.h"
#include "refract/core/files.h"

namespace refract {
namespace {

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const size_t comma = line.find(',');
    fields.emplace_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

std::optional<std::vector<double>> numbers(std::string_view line, size_t columns) {
  std::vector<double> row;
  for (const std::string& field : split(line)) {
    const char* const end = field.data() + field.size();
    const auto [stopped, error] = std::from_chars(field.data(), end, row.emplace_back());
    if (error != std::errc() || stopped != end) return std::nullopt;
  }
  return row.size() == columns ? std::optional(row) : std::nullopt;
}

// Calls `take` with each line that ends in a line feed.
template <class Take>
void for_each_line(std::string_view text, Take take) {
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    take(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

std::string header_line(const Terms& terms) {
  std::string line = "step,seconds";
  for (const auto& [name, value] : terms) line += "," + name;
  return line;
}

}  // namespace

MetricsTable read_metrics(const std::filesystem::path& file) {
  MetricsTable table;
  if (!std::filesystem::exists(file)) return table;
  for_each_line(read_file(file), [&](std::string_view line) {
    if (table.columns.empty())
      table.columns = split(line);
    else if (auto row = numbers(line, table.columns.size()))
      table.rows.push_back(std::move(*row));
  });
  return table;
}

MetricsLog::MetricsLog(std::filesystem::path file, int64_t last_step) : file_(std::move(file)) {
  drop_rows_after(last_step);
  stream_.open(file_, std::ios::binary | std::ios::app);
  if (!stream_) fail();
}

void MetricsLog::drop_rows_after(int64_t last_step) {
  if (!std::filesystem::exists(file_)) return;
  const std::string text = read_file(file_);
  std::string kept;
  for_each_line(text, [&](std::string_view line) {
    if (header_.empty()) {
      header_ = line;
    } else {
      const auto row = numbers(line, split(header_).size());
      if (!row || static_cast<int64_t>(row->front()) > last_step) return;
      seconds_ = row->at(1);
    }
    kept += fmt::format("{}\n", line);
  });
  if (kept != text) write_file(file_, kept);
}

void MetricsLog::append(int64_t step, double seconds, const Terms& terms) {
  const std::string header = header_line(terms);
  if (!header_.empty() && header_ != header)
    throw Error(
        fmt::format("Writing {}: its columns are '{}', but this training has '{}'. Move the file away and resume.",
                    file_.string(), header_, header));
  std::string row = header_.empty() ? header + "\n" : "";
  row += fmt::format("{},{:.3f}", step, seconds);
  for (const auto& [name, value] : terms) row += fmt::format(",{:.7g}", value);
  if (!(stream_ << row << '\n' << std::flush)) fail();
  header_ = header;
}

void MetricsLog::fail() const {
  throw Error(fmt::format("Writing {}: {}. The checkpoints are intact: free some space, then `refract resume` the run.",
                          file_.string(), std::strerror(errno)));
}

}  // namespace refract
