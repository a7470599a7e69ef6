// Comma-separated values (RFC 4180), and those with another separator.
#pragma once

#include <cstdint>
#include <deque>
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

  // Text at hand. `what` is it in sentences: "the table counts.tsv".
  CsvReader(std::string what, std::string text, char separator = ',');

  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // The cells of the next line that is not empty; false after the last. Quotes are those at the beginning of a cell,
  // and what stands between them may go on in the next line. Throws BadInput for a quote that never closes, and for
  // text behind the one that does.
  bool next(std::vector<std::string>& cells);
  bool next(std::vector<std::string_view>& cells);  // hold until the next call; a million cells take milliseconds

  [[nodiscard]] int64_t line() const { return last_line_; }  // from 1, in which the cells read last began

  // Throws BadInput: the file, the line read last, what was expected there and what was found.
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const;

 private:
  bool take_cell(std::vector<std::string_view>& cells);
  std::string_view plain();
  std::string_view quoted();
  std::string_view until_quote();

  std::string what_;
  std::string text_;
  std::string_view rest_;
  char separator_;
  std::deque<std::string> mended_;  // cells of the line read last that had doubled quotes
  int64_t line_ = 0;                // before which `rest_` begins
  int64_t last_line_ = 0;
};

}  // namespace refract
