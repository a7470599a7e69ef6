// Swapping grids, interpolation grids, draws of any block, and sheets of neighbours.
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

const fakes::FakeModel& painter_of_halves() {
  static const fakes::FakeModel made = fakes::halves();
  return made;
}

// `count` images, each of another gray.
Tensor gray_images(int64_t count, int64_t channels = 3) {
  return at::linspace(-0.9, 0.9, count).view({count, 1, 1, 1}).expand({count, channels, 8, 8}).contiguous();
}

// Whether an image of this gray, or half of one, stands in a frame: letters have few pixels of any gray.
bool shows(const Tensor& frame, int gray) {
  constexpr int64_t half = int64_t{96} * 96 / 2;
  return (frame == gray).all(0).sum().item<int64_t>() >= half;
}

TEST(SwapSheet, IsATransferOfOneListToItself) {
  const Tensor images = gray_images(4);
  EXPECT_TRUE(swap_sheet(painter_of_halves(), images, 0)
                  .frames.at(0)
                  .equal(transfer_sheet(painter_of_halves(), images, images).frames[0]));
  EXPECT_FALSE(
      swap_sheet(painter_of_halves(), images, 1).frames[0].equal(swap_sheet(painter_of_halves(), images, 0).frames[0]));
}

TEST(SwapSheet, OnlyOfOneListTheDiagonalIsReconstructed) {
  const Pictures some = encoded(painter_of_halves(), gray_images(3)),
                 others = encoded(painter_of_halves(), gray_images(2));
  const PagedFigure same = swap_sheets(painter_of_halves(), some, some, 0);
  EXPECT_TRUE(contains(same.words.caption, "diagonal"));
  EXPECT_EQ(same.images, std::vector<int64_t>{9});
  const PagedFigure mixed = swap_sheets(painter_of_halves(), some, others, 1);
  EXPECT_FALSE(contains(mixed.words.caption, "diagonal"));
  EXPECT_TRUE(contains(mixed.words.caption, "takes z from"));
  EXPECT_EQ(mixed.images, std::vector<int64_t>{6});
  EXPECT_EQ(swap_sheets(painter_of_halves(), encoded(painter_of_halves(), gray_images(50)),
                        encoded(painter_of_halves(), gray_images(40)), 0)
                .images.size(),
            4U);
}

TEST(SynthesisSheet, SaysWhatIsDrawn) {
  const Pictures some = encoded(painter_of_halves(), gray_images(2));
  const auto caption = [&](size_t block) {
    return synthesis_sheets(painter_of_halves(), some, 2, 1, block).words.caption;
  };
  EXPECT_EQ(caption(0), synthesis_sheet(painter_of_halves(), some.images, 2, 1).caption);
  EXPECT_EQ(caption(1), "Each row keeps e of the image at its left; each column shares one z drawn from the prior.");
  const fakes::OfClasses classes;
  const Pictures gray = encoded(classes, gray_images(2, 1));
  EXPECT_TRUE(contains(synthesis_sheets(classes, gray, 2, 1, 1).words.caption, "keeps c and z of"));
  EXPECT_TRUE(contains(synthesis_sheets(classes, gray, 2, 1, 0).words.caption, "keeps z of"));
}

// Where each image has codes of its own, rows must not be taken for one another.
TEST(SynthesisSheet, PartsOfImagesKeepTheirOwnDraws) {
  const fakes::OfClasses classes;
  const Tensor images = gray_images(100, 1);
  const PagedFigure figure = synthesis_sheets(classes, encoded(classes, images), 2, 1, 1);
  ASSERT_EQ(figure.images.size(), 3U);
  const Pictures part = encoded(classes, images.slice(0, 33, 66));
  EXPECT_TRUE(figure.draw(1, {}).at(0).equal(synthesis_sheets(classes, part, 2, 1, 1).draw(0, {}).at(0)));
}

TEST(InterpolationGrid, StandsBetweenTwoRealImages) {
  const Tensor from = at::full({1, 3, 8, 8}, -1.0), to = at::full({1, 3, 8, 8}, 0.6);
  const Figure figure = interpolation_grid_sheet(painter_of_halves(), from, to, {0}, 2);
  EXPECT_TRUE(contains(figure.caption, "columns take e from A to B, from left to right. The rows take z from"));
  const Tensor& frame = figure.frames.at(0);
  EXPECT_TRUE(shows(frame, 0));    // A
  EXPECT_TRUE(shows(frame, 102));  // half of the way, -0.2
  EXPECT_TRUE(shows(frame, 204));  // B
  EXPECT_FALSE(shows(frame, 51));
  EXPECT_GT(frame.size(2), frame.size(1)) << "A and B stand beside";

  const PagedFigure paged = interpolation_grid_sheets(painter_of_halves(), encoded(painter_of_halves(), from),
                                                      encoded(painter_of_halves(), to), {0}, 2);
  ASSERT_EQ(paged.images, std::vector<int64_t>{9});
  EXPECT_TRUE(paged.draw(0, {}).at(0).equal(frame));
}

TEST(InterpolationGrid, HasASheetForEachPair) {
  const Pictures some = encoded(painter_of_halves(), gray_images(3)),
                 others = encoded(painter_of_halves(), gray_images(2));
  EXPECT_EQ(interpolation_grid_sheets(painter_of_halves(), some, some, {0}, 4).images,
            (std::vector<int64_t>{25, 25, 25}));
  EXPECT_THROW(interpolation_grid_sheets(painter_of_halves(), some, others, {0}, 4), BadInput);
  const Pictures one = encoded(painter_of_halves(), gray_images(1));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { interpolation_grid_sheets(painter_of_halves(), one, one, {0}, 60); }),
                       "--steps"));
  EXPECT_THROW(interpolation_grid_sheets(painter_of_halves(), one, one, {0}, 0), BadInput);
}

TEST(InterpolationGrid, FitsOnASheet) {
  const int64_t most = most_grid_steps({8, 8});
  EXPECT_GT(most, 30);
  const Pictures one = encoded(painter_of_halves(), gray_images(1));
  const Tensor frame = interpolation_grid_sheets(painter_of_halves(), one, one, {0}, most).draw(0, {}).at(0);
  EXPECT_LE(std::max(frame.size(1), frame.size(2)), kSheetSide);
  EXPECT_GT(frame.size(2), kSheetSide - 200);
  EXPECT_EQ(most_grid_steps({4000, 4000}), 1);
}

// Candidate n has the gray 10 n.
Retrieved retrieved(int64_t queries, int64_t neighbours) {
  Retrieved found;
  found.queries = at::full({queries, 3, 8, 8}, 255, at::kByte);
  found.queries[0].fill_(7);
  found.blocks = {"e", "z"};
  for (int64_t b = 0; b < 2; ++b)
    found.rows.push_back((at::arange(neighbours) + b * neighbours + 1).expand({queries, neighbours}));
  found.candidates = [](const Tensor& rows) {
    return (rows * 10).to(at::kByte).view({-1, 1, 1, 1}).expand({-1, 3, 8, 8});
  };
  return found;
}

TEST(RetrievalSheet, ShowsTheQueryAndItsNeighboursInEachBlock) {
  const PagedFigure figure = retrieval_sheets(retrieved(2, 3), {8, 8});
  ASSERT_EQ(figure.images, std::vector<int64_t>{12});
  std::vector<int64_t> told;
  const Tensor frame = figure.draw(0, [&](int64_t images) { told.push_back(images); }).at(0);
  EXPECT_EQ(told, (std::vector<int64_t>{3, 6, 9, 12}));
  for (const int gray : {7, 10, 20, 30, 40, 50, 60}) EXPECT_TRUE(shows(frame, gray)) << gray;
  EXPECT_FALSE(shows(frame, 70));
  EXPECT_TRUE(contains(figure.words.caption, "Euclidean"));
}

TEST(RetrievalSheet, ManyQueriesFillSeveralSheets) {
  const PagedFigure figure = retrieval_sheets(retrieved(100, 2), {8, 8});
  EXPECT_EQ(figure.images.size(), 3U);
  const Tensor frame = figure.draw(2, {}).at(0);
  EXPECT_LE(std::max(frame.size(1), frame.size(2)), kSheetSide);
  // Too wide beside each other, the blocks stand below each other.
  const int64_t most = most_neighbours({64, 64});
  EXPECT_GT(most, 20);
  const std::vector<SheetPart> wide = retrieval_parts(100, {"e", "z"}, most, {64, 64});
  const std::vector<SheetPart> narrow = retrieval_parts(100, {"e", "z"}, 3, {64, 64});
  EXPECT_GT(wide.size(), narrow.size());
}

}  // namespace
}  // namespace refract
