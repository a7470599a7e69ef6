// Comma-separated values (RFC 4180).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace refract {

// A cell as it is written: in quotes where a comma, a quote or the end of a line stands in it.
std::string csv_cell(const std::string& text);

class CsvReader {
 public:
  // A byte-order mark is passed over. Throws BadInput where the file is missing or unreadable.
  explicit CsvReader(const std::filesystem::path& file);

  // The cells of the next line that is not empty; false after the last. Throws BadInput for a quote that never closes.
  bool next(std::vector<std::string>& cells);

  // Throws BadInput: the file, the line read last, what was expected there and what was found.
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const;

 private:
  std::string quoted();

  std::filesystem::path file_;
  std::string text_;
  std::string_view rest_;
  int64_t line_ = 0;       // that `rest_` begins in
  int64_t last_line_ = 0;  // in which the cells read last began
};

}  // namespace refract
