// What the tests of image folders share.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "refract/data/sets/image_folder.h"
#include "tests/data/support.h"

namespace refract::testing_support {

class ImageFolderFiles : public testing::Test {
 protected:
  // Gray pictures, each of a brightness of its own so that it can be told.
  void paint(const std::string& folder, int count, int first_value = 0) const {
    for (int i = 0; i < count; ++i)
      write_picture(folder_ / fmt::format("{}/{:03}.png", folder, i), 12, 9, cv::Scalar(first_value + i), CV_8UC1);
  }
  [[nodiscard]] ImageFolderOptions options() const {
    return {
        .reference = (folder_ / "reference").string(), .unlabelled = (folder_ / "unlabelled").string(), .size = {8, 8}};
  }
  [[nodiscard]] static std::vector<int> values(const DataSource& data, Split split) {
    std::vector<int> found;
    for (int64_t i = 0; i < data.count(split); ++i)
      found.push_back(static_cast<int>(std::lround((data.examples(split, {i})[0][0][0][0].item<float>() + 1) * 127.5)));
    return found;
  }
  TempFolder folder_;
};

}  // namespace refract::testing_support
