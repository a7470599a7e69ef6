// metrics.csv: how the terms of a training went. One header line, "step,seconds,TERM,...", then one row a log line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace refract {

// Named numbers: a step's terms, or means of them.
using Terms = std::vector<std::pair<std::string, double>>;

struct MetricsTable {
  std::vector<std::string> columns;       // "step", "seconds", then the terms
  std::vector<std::vector<double>> rows;  // one number a column
};

// The complete rows of a metrics.csv; what a kill left unfinished at its end is passed over. No file gives no columns.
MetricsTable read_metrics(const std::filesystem::path& file);

class MetricsLog {
 public:
  // Continues `file` after `last_step`: rows past it, and an unfinished one, are dropped, all at once. Throws Error
  // where it cannot be opened.
  MetricsLog(std::filesystem::path file, int64_t last_step);

  // Throws Error where the row cannot be written.
  void append(int64_t step, double seconds, const Terms& terms);

  // Of the last row that was kept; 0 where there is none.
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  void drop_rows_after(int64_t last_step);
  [[noreturn]] void fail() const;

  std::filesystem::path file_;
  std::ofstream stream_;  // stays open, so that a file that is moved is still written
  std::string header_;    // "" until it is in the file
  double seconds_ = 0;
};

}  // namespace refract
