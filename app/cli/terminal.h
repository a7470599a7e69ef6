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

// Write to standard error: one line; several lines; why the program cannot go on, in one line. Control characters, such
// as a file's name may have, are shown as core/text.h says; say_lines keeps line ends.
void say(const std::string& line);
void say_lines(const std::string& lines);
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

// The columns of the terminal that standard output is, `otherwise` where it is none.
size_t output_width(size_t otherwise);

// The words of `text` in lines of at most `width` characters; a longer word has a line of its own. Blanks at the front
// of the text stay.
std::vector<std::string> wrapped(const std::string& text, size_t width);

// Rows of equally many cells in aligned columns, two spaces apart; the first row is the heading. Cells are broken into
// lines so that the table stays within `width`, but the last column has at least 30 characters and the others 16. Width
// 0 is that of the terminal, 120 elsewhere.
std::string table_text(const std::vector<std::vector<std::string>>& rows, size_t width = 0);

// A table whose columns stand at least two spaces apart in all of its lines, which end with newlines: where it is wider
// than `width`, as several tables one below the other, each with the first column.
std::string in_blocks(const std::string& table, size_t width);

}  // namespace refract
