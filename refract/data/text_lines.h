// Text files read line by line, whose faults are named with the line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace refract {

// What stands before the first `end`, which is taken away with it; all of the text where there is none.
std::string_view take_until(std::string_view& text, char end);

// A whole number from 0 to `most`; -1 for anything else.
int64_t number_up_to(int64_t most, std::string_view text);

class TextLines {
 public:
  explicit TextLines(const std::filesystem::path& file);  // throws BadInput where it is missing or unreadable

  // The next line without its ending, which may be that of Windows; false after the last.
  bool next(std::string_view& line);

  // Throws BadInput: file, line, and what was expected there.
  [[noreturn]] void refuse(const std::string& expected) const;

  [[nodiscard]] std::string sha256() const;  // of the file

 private:
  std::filesystem::path file_;
  std::string text_;
  std::string_view rest_;
  int64_t number_ = 0;
};

}  // namespace refract
