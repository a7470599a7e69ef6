// What standard error can show, and text laid out for it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace refract {

// Whether standard error is a terminal, and its columns (100 where it is none).
bool error_is_terminal();
size_t error_width();

// `text` in a colour where standard error is a terminal on which colour is welcome (no-color.org), else as it is.
enum class Colour { red = 31, cyan = 36 };
std::string coloured(Colour colour, const std::string& text);

// A line, or several, on standard error; why the program cannot go on, in one line. Both show control characters in
// names as core/text.h does.
void say(const std::string& line);
void say_failure(const std::string& why);

// A line on a terminal's standard error that is drawn again and again; where that is none, nothing is drawn.
class LiveLine {
 public:
  LiveLine() : terminal_(error_is_terminal()) {}
  ~LiveLine();  // keeps what was drawn last
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  [[nodiscard]] bool possible() const { return terminal_; }
  void draw(const std::string& text);  // as much of it as fits
  void clear();                        // before other lines are said

 private:
  bool terminal_;
  bool open_ = false;
};

// Rows of equally many cells in aligned columns, two spaces apart; the first row is the heading. The last column is
// broken into lines so that the table stays within `width`, but has at least 30 characters.
std::string table_text(const std::vector<std::vector<std::string>>& rows, size_t width = 120);

}  // namespace refract
