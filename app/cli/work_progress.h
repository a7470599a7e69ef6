// Progress of long work, such as the reading of a data set, on standard error: one line that is redrawn on a terminal,
// a line now and then elsewhere. What is over in a moment says nothing.
#pragma once

#include <optional>
#include <string>

#include "refract/core/progress.h"

namespace refract {

// A function that shows what it is told, for one command. A line that is open on a terminal ends with its work or with
// the function.
OnProgress shown_progress();

// Whether a line is due, so many seconds after the beginning and, if there was one, after the last line.
bool progress_due(bool terminal, double since_begin, std::optional<double> since_last);

// "Reading the images in neutral: 1200 of 30000 (4 %)  340 a second  85 s left", the front of it where that is wider
// than `width`.
std::string work_progress_text(const Progress& progress, double seconds, size_t width);

}  // namespace refract
