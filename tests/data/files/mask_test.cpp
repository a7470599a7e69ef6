#include "refract/data/files/mask.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/draw/picture.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// A gray picture as a file: light where `light` [H, W] bool is true.
std::string mask_file(const testing_support::TempFolder& folder, const Tensor& light) {
  const std::filesystem::path file = folder / "mask.png";
  write_file(file, png((light.to(at::kByte) * 255).expand({3, -1, -1}).contiguous()));
  return file.string();
}

Tensor box(int64_t height, int64_t width, int64_t top, int64_t bottom, int64_t left, int64_t right) {
  Tensor hidden = at::zeros({1, height, width}, at::kBool);
  hidden.slice(1, top, bottom).slice(2, left, right).fill_(true);
  return hidden;
}

TEST(Mask, HalvesAreWhatTheyAreCalled) {
  const Space space = Space::picture(3, 8, 12);
  EXPECT_TRUE(hidden_pixels("right-half", space).equal(box(8, 12, 0, 8, 6, 12)));
  EXPECT_TRUE(hidden_pixels("left-half", space).equal(box(8, 12, 0, 8, 0, 6)));
  EXPECT_TRUE(hidden_pixels("top-half", space).equal(box(8, 12, 0, 4, 0, 12)));
  EXPECT_TRUE(hidden_pixels("bottom-half", space).equal(box(8, 12, 4, 8, 0, 12)));
}

TEST(Mask, BandsOfFacesAreFractionsOfTheSides) {
  EXPECT_TRUE(hidden_pixels("eyes", Space::square(1, 10)).equal(box(10, 10, 2, 5, 1, 9)));
  EXPECT_TRUE(hidden_pixels("nose-mouth", Space::square(1, 10)).equal(box(10, 10, 5, 9, 2, 8)));
}

TEST(Mask, EachNameHidesAPartOfTheSmallestPictures) {
  std::set<std::string> names;
  for (const NamedMask& mask : masks()) {
    EXPECT_TRUE(names.insert(mask.name).second);
    EXPECT_TRUE(contains(mask_names(), mask.name));
    const Tensor hidden = hidden_pixels(mask.name, Space::square(1, 2));
    EXPECT_EQ(hidden.sizes().vec(), (std::vector<int64_t>{1, 2, 2}));
  }
}

TEST(Mask, WhiteOfAFileIsHiddenWhateverItsSize) {
  const testing_support::TempFolder folder;
  const std::string file = mask_file(folder, box(32, 32, 0, 32, 0, 16)[0]);
  EXPECT_TRUE(hidden_pixels(file, Space::square(3, 8)).equal(box(8, 8, 0, 8, 0, 4)));
}

// Twice as wide as high: the middle is cut out, or black bars, which are visible, come above and below.
TEST(Mask, AFileIsFittedAsPicturesAre) {
  const testing_support::TempFolder folder;
  const std::string file = mask_file(folder, box(16, 32, 0, 16, 16, 32)[0]);
  Space space = Space::square(1, 8);
  EXPECT_TRUE(hidden_pixels(file, space).equal(box(8, 8, 0, 8, 4, 8)));
  space.fit = Fit::pad;
  EXPECT_TRUE(hidden_pixels(file, space).equal(box(8, 8, 2, 6, 4, 8)));
}

TEST(Mask, WhatIsNoMaskIsRefused) {
  const testing_support::TempFolder folder;
  const Space space = Space::square(1, 8);
  const auto refusal = [&](const std::string& mask) {
    return message_of<BadInput>([&] { hidden_pixels(mask, space); });
  };
  EXPECT_TRUE(contains(refusal("right-halve"), "right-halve"));
  EXPECT_TRUE(contains(refusal("right-halve"), "nose-mouth"));
  EXPECT_TRUE(contains(refusal(mask_file(folder, at::zeros({8, 8}, at::kBool))), "none of the 64"));
  EXPECT_TRUE(contains(refusal(mask_file(folder, at::full({8, 8}, true, at::kBool))), "all of the 64"));
  EXPECT_TRUE(contains(refusal(folder.path().string()), "found the folder"));
  EXPECT_TRUE(contains(refusal(folder.path().string()), "nose-mouth"));
  write_file(folder / "text.png", "no picture");
  EXPECT_TRUE(contains(refusal((folder / "text.png").string()), "text.png"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { hidden_pixels("eyes", Space::row(4)); }), "rows of 4"));
}

}  // namespace
}  // namespace refract
