// Pictures made small enough for a page that is mailed and opened at once.
#pragma once

#include <cstddef>
#include <vector>

#include "refract/report/report.h"

namespace refract {

// Leaves the pictures as they are where all of them together take at most `bytes`; else takes smaller copies of those
// that are smaller as such (WebP, and fewer pixels), all of one quality, the best at which they fit. `bytes` that not
// even the worst meets are exceeded. Throws BadInput where a picture is damaged.
void reduce(std::vector<ReportPicture>& pictures, size_t bytes);

}  // namespace refract
