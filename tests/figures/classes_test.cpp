// Samples class by class, and pictures that were filled in.
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/data/files/mask.h"
#include "refract/draw/canvas.h"
#include "refract/figures/sheets.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// How many pixels of this gray stand in a frame.
int64_t pixels_of(const Tensor& frame, int gray) {
  return (frame == gray).all(0).sum().item<int64_t>();
}

constexpr int64_t kImagePixels = int64_t{96} * 96;  // of an image of 8x8, enlarged

TEST(ClassSampleSheets, HaveARowForEachClass) {
  const fakes::OfClasses model;
  const PagedFigure figure = class_sample_sheets(model, 5, 1);
  ASSERT_EQ(figure.images, std::vector<int64_t>{10});
  std::vector<int64_t> told;
  const Tensor frame = figure.draw(0, [&](int64_t images) { told.push_back(images); }).at(0);
  EXPECT_EQ(told, (std::vector<int64_t>{5, 10}));
  EXPECT_GT(frame.size(2), 2 * frame.size(1)) << "five columns, two rows";
  EXPECT_FALSE(frame.equal(class_sample_sheets(model, 5, 2).draw(0, {}).at(0)));
}

TEST(ClassSampleSheets, ManySamplesFillSeveralSheets) {
  const fakes::OfClasses model;
  const PagedFigure figure = class_sample_sheets(model, 60, 1);
  EXPECT_EQ(figure.images, (std::vector<int64_t>{60, 60}));
  const Tensor frame = figure.draw(1, {}).at(0);
  EXPECT_LE(std::max(frame.size(1), frame.size(2)), kSheetSide);
}

TEST(ClassSampleSheets, NeedClasses) {
  const fakes::FakeModel model = fakes::halves();
  EXPECT_TRUE(contains(message_of<BadInput>([&] { class_sample_sheets(model, 2, 1); }), "e (target)"));
}

FilledPictures filled(int64_t count) {
  FilledPictures pictures;
  pictures.original = at::full({count, 3, 8, 8}, 40, at::kByte);
  pictures.filled = at::full({count, 3, 8, 8}, 70, at::kByte);
  pictures.hidden = hidden_pixels("right-half", Space::square(3, 8));
  return pictures;
}

// Original: all of it; masked: half, and half in gray 128; filled: all of it.
TEST(InpaintingSheets, ShowTheOriginalWhatIsVisibleAndTheFilledPicture) {
  FilledPictures pictures = filled(2);
  const PagedFigure figure = inpainting_sheets(pictures);
  ASSERT_EQ(figure.images, std::vector<int64_t>{2});
  const Tensor frame = figure.draw(0, {}).at(0);
  // Letters have a few pixels of any gray.
  EXPECT_NEAR(static_cast<double>(pixels_of(frame, 40)), 3.0 * kImagePixels, 200);
  EXPECT_NEAR(static_cast<double>(pixels_of(frame, 128)), 1.0 * kImagePixels, 200);
  EXPECT_NEAR(static_cast<double>(pixels_of(frame, 70)), 2.0 * kImagePixels, 200);

  pictures.decoded = at::full({2, 3, 8, 8}, 90, at::kByte);
  const Tensor wider = inpainting_sheets(pictures).draw(0, {}).at(0);
  EXPECT_NEAR(static_cast<double>(pixels_of(wider, 90)), 2.0 * kImagePixels, 200);
  EXPECT_GT(wider.size(2), frame.size(2));
}

TEST(InpaintingSheets, ManyPicturesFillPanelsAndThenSheets) {
  const PagedFigure few = inpainting_sheets(filled(60));
  EXPECT_EQ(few.images, std::vector<int64_t>{60});
  const Tensor frame = few.draw(0, {}).at(0);
  EXPECT_LE(std::max(frame.size(1), frame.size(2)), kSheetSide);
  EXPECT_NEAR(static_cast<double>(pixels_of(frame, 70)), 60.0 * kImagePixels, 2000);
  EXPECT_EQ(inpainting_parts(1000, false, {8, 8}).size(), inpainting_sheets(filled(1000)).images.size());
  EXPECT_GT(inpainting_parts(1000, false, {8, 8}).size(), 1U);
  EXPECT_GT(inpainting_parts(1000, false, {64, 512}).size(), inpainting_parts(1000, false, {64, 64}).size());
}

}  // namespace
}  // namespace refract
