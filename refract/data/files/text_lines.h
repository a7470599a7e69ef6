// Text files read line by line, whose faults are named with the line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace refract {

// What stands before the first `end`, which is taken away with it; all of the text where there is none.
std::string_view take_until(std::string_view& text, char end);

// A whole number from 0 to `most`; -1 for anything else.
int64_t number_up_to(int64_t most, std::string_view text);

// The cells of a line of CSV (RFC 4180), without the blanks and quotes around them. A cell within quotes may hold
// commas; quotes that are doubled in it stay so, and it does not go on in the next line.
using Cells = std::vector<std::string_view>;
Cells csv_cells(std::string_view line);

// The same for a file's first line, or the part of it that 64 KiB hold; empty where the file cannot be read.
std::vector<std::string> first_cells(const std::filesystem::path& file);

// Text as it is: a byte-order mark of UTF-8 is no part of it.
class TextLines {
 public:
  explicit TextLines(const std::filesystem::path& file);  // throws BadInput where it is missing or unreadable

  // The next line without its ending, which may be that of Windows; false after the last.
  bool next(std::string_view& line);

  // Throws BadInput: file, line, and what was expected there.
  [[noreturn]] void refuse(const std::string& expected) const;

  // The cells of the next line that is not blank; false after the last.
  bool next(Cells& cells);

  [[nodiscard]] std::string sha256() const;  // of the file

 private:
  std::filesystem::path file_;
  std::string text_;
  std::string_view rest_;
  int64_t number_ = 0;
};

}  // namespace refract
