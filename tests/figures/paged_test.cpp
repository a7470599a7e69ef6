// Tables too large for one sheet.
#include "refract/figures/paged.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"
#include "refract/figures/sheets.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

const fakes::FakeModel& painter() {
  static const fakes::FakeModel made = fakes::halves();
  return made;
}

// `count` images, each of another gray.
Pictures grays(int64_t count) {
  return encoded(painter(),
                 at::linspace(-0.9, 0.9, count).view({count, 1, 1, 1}).expand({count, 3, 8, 8}).contiguous());
}

TEST(Paged, PartsCoverTheTableOnceAndFit) {
  for (const auto& [rows, columns, most] :
       std::vector<std::tuple<int64_t, int64_t, int64_t>>{{1, 1, 1}, {7, 3, 3}, {10, 10, 4}, {3, 80, 39}}) {
    Tensor seen = at::zeros({rows, columns});
    for (const SheetPart& part : parts_of_table(rows, columns, most, most)) {
      EXPECT_LE(std::max(part.rows, part.columns), most);
      seen.narrow(0, part.top, part.rows).narrow(1, part.left, part.columns) += 1;
    }
    EXPECT_TRUE(seen.eq(1).all().item<bool>()) << rows << " x " << columns;
  }
  EXPECT_EQ(parts_of_table(10, 1, 4, 4).front().rows, 3);  // 3, 3, 4, not 4, 4, 2
  EXPECT_THROW(parts_of_table(0, 3, 4, 4), BadInput);
}

// Drawn without a sheet's labels or with them, nothing is larger than it may be, at any size of images.
TEST(Paged, NoSheetIsLargerThanItMayBe) {
  for (const int64_t size : {8, 32, 64, 100, 256, 512}) {
    const int64_t along = images_along_sheet({size, size}).width;
    const auto side = static_cast<size_t>(along + 1);  // with a margin
    Panel panel{"heading",
                std::vector<std::string>(side, "e 1"),
                std::vector<std::string>(side, "e to B"),
                std::vector<std::vector<Tensor>>(side, std::vector<Tensor>(side)),
                1,
                1};
    const PixelSize sheet = sheet_size({panel}, {size, size});
    EXPECT_LE(std::max(sheet.height, sheet.width), kSheetSide) << size;
    EXPECT_GT(sheet.height, kSheetSide * 3 / 4) << size;
  }
}

TEST(Paged, ManyImagesBecomeSeveralSheetsOfTheSameStyles) {
  const Pictures pictures = grays(100);
  const PagedFigure figure = synthesis_sheets(painter(), pictures, 2, 1);
  ASSERT_EQ(figure.images, (std::vector<int64_t>{66, 66, 68}));
  std::vector<int64_t> told;
  const Tensor second = figure.draw(1, [&](int64_t images) { told.push_back(images); }).at(0);
  EXPECT_EQ(told, (std::vector<int64_t>{64, 66}));
  EXPECT_LE(second.size(1), kSheetSide);
  const Pictures part{pictures.images.slice(0, 33, 66), {}};
  EXPECT_TRUE(second.equal(synthesis_sheet(painter(), part.images, 2, 1).frames.at(0)));
  EXPECT_EQ(synthesis_sheets(painter(), grays(5), 2, 1).images, std::vector<int64_t>{10});
}

TEST(Paged, TransferIsCutBothWays) {
  const PagedFigure figure = transfer_sheets(painter(), grays(50), grays(40), 0);
  ASSERT_EQ(figure.images.size(), 4U);
  EXPECT_EQ(figure.images[0], 20 * 25);
  const Tensor last = figure.draw(3, {}).at(0);
  const Tensor whole =
      transfer_sheet(painter(), grays(50).images.slice(0, 25), grays(40).images.slice(0, 20)).frames.at(0);
  EXPECT_TRUE(last.equal(whole));
}

TEST(Paged, PanelsOfSamplesAreSharedOut) {
  const PagedFigure figure = sample_sheets(painter(), 7, 16, 3);
  ASSERT_EQ(figure.images, (std::vector<int64_t>{3 * 256, 4 * 256}));
  const std::vector<Tensor> drawn = figure.draw(0, {});
  EXPECT_LE(std::max(drawn.at(0).size(1), drawn.at(0).size(2)), kSheetSide);
  const PagedFigure small = sample_sheets(painter(), 6, 4, 3);
  ASSERT_EQ(small.images.size(), 1U);
  EXPECT_TRUE(small.draw(0, {}).at(0).equal(sample_sheet(painter(), 6, 4, 3).frames.at(0)));
}

TEST(Paged, AnAnimationTakesNoMoreMemoryThanItMay) {
  EXPECT_EQ(interpolation_parts(8, 24, {64, 64}).size(), 1U);
  EXPECT_EQ(interpolation_parts(800, 24, {64, 64}).size(), 29U);
  EXPECT_GT(interpolation_parts(8, 300, {64, 64}).size(), 1U);
  EXPECT_TRUE(contains(message_of<BadInput>([] { interpolation_parts(1, 1000, {512, 512}); }), "--steps"));
  const PagedFigure figure = interpolation_sheets(painter(), grays(60), grays(60), 0, 2);
  ASSERT_EQ(figure.images, (std::vector<int64_t>{90, 90}));
  EXPECT_TRUE(figure.draw(0, {}).at(2).equal(
      interpolation(painter(), grays(60).images.slice(0, 0, 30), grays(60).images.slice(0, 0, 30), 0, 2).frames.at(2)));
}

TEST(Paged, BytesAreDrawnAsTheyAre) {
  const Tensor bytes = at::full({3, 4, 4}, 77, at::kByte);
  EXPECT_TRUE(to_bytes(bytes).equal(bytes));
  EXPECT_TRUE(to_bytes(bytes.slice(0, 0, 1)).equal(bytes));
}

// 250 images of 64x64 at once are 3 of 512x512.
TEST(Model, LargeImagesGoThroughInSmallerSlices) {
  for (const auto& [size, most] : std::map<int64_t, int64_t>{{8, 250}, {64, 250}, {256, 15}, {512, 3}}) {
    int64_t encoded_at_once = 0, decoded_at_once = 0;
    const fakes::FakeModel counting(
        Space::square(1, size), {{"z", 1, Role::whole}},
        [&](const Tensor& x) {
          encoded_at_once = std::max(encoded_at_once, x.size(0));
          return Codes{at::zeros({x.size(0), 1})};
        },
        [&, side = size](const Codes& codes) {
          decoded_at_once = std::max(decoded_at_once, codes[0].size(0));
          return at::zeros({1, 1, 1, 1}).expand({codes[0].size(0), 1, side, side});
        });
    const Codes codes = encode_all(counting, at::zeros({1}).expand({most + 1, 1, size, size}));
    EXPECT_EQ(codes.at(0).size(0), most + 1);
    EXPECT_EQ(decode_all(counting, codes).size(0), most + 1);
    EXPECT_EQ(encoded_at_once, most) << size;
    EXPECT_EQ(decoded_at_once, most) << size;
  }
}

}  // namespace
}  // namespace refract
