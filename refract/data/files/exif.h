// How a camera was held, from the EXIF block that image files of several formats carry.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string_view>

namespace refract {

// EXIF's tag 0x0112, 1 .. 8, of a block that starts as a TIFF file does, with "Exif\0\0" before it or not. 1, the
// picture as it is, where the block says nothing, or nothing valid.
int exif_orientation(std::string_view block);

// The picture as it is to be seen.
cv::Mat turned(cv::Mat picture, int orientation);

}  // namespace refract
