// The look of the report.
#pragma once

#include <string_view>

namespace refract {

// A style sheet for light and dark screens, and for paper.
std::string_view report_style();

}  // namespace refract
