// Samples class by class, priors of classes, and pictures that were filled in.
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/files/mask.h"
#include "refract/draw/canvas.h"
#include "refract/draw/plot.h"
#include "refract/figures/figure.h"
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

int64_t widest_of(const std::vector<std::string>& labels) {
  int64_t widest = 0;
  for (const std::string& label : labels) widest = std::max(widest, text_width(label, kLabelHeight));
  return widest;
}

// The names stand beside the rows and are cut off where they are long.
TEST(ClassSampleSheets, RowsHaveTheNamesOfTheData) {
  const fakes::OfClasses model;
  const auto frame = [&](const std::vector<std::string>& values) {
    return class_sample_sheets(model, 5, 1, {{"class", values}}).draw(0, {}).at(0);
  };
  const Tensor numbers = class_sample_sheets(model, 5, 1).draw(0, {}).at(0), named = frame({"dim", "light"});
  const int64_t images = numbers.size(2) - widest_of({"c = 0", "c = 1"});
  EXPECT_EQ(named.size(2) - images, widest_of({"dim", "light"}));
  EXPECT_FALSE(frame({"dim", "night"}).equal(named));
  const Tensor longest = frame({"dim", std::string(300, 'm')});
  EXPECT_LE(longest.size(2) - images, kRowLabelWidth);
  EXPECT_GT(longest.size(2), named.size(2));
}

TEST(ClassFigures, RowsHaveTheNamesOfTheData) {
  const fakes::OfClasses model;
  const fakes::Source one(0, 2, {{Split::unlabelled, 4}}, Space::square(1, 8));
  const fakes::Source other(0, 3, {{Split::unlabelled, 4}}, Space::square(1, 8));  // not the classes of the model
  for (const char* name : {"class-samples", "class-interpolations", "class-traversals"}) {
    const auto width = [&](const DataSource& data) { return figure(name).draw(model, data, 1).frames.at(0).size(2); };
    EXPECT_EQ(width(one) - width(other), widest_of({"class 0", "class 1"}) - widest_of({"c = 0", "c = 1"})) << name;
  }
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

// Gray pictures whose factor u has a prior of its own for each class, so that all colour is that of the curves.
class GrayClasses : public fakes::FakeModel {
 public:
  explicit GrayClasses(std::vector<float> means)
      : FakeModel(
            Space::square(3, 8),
            {{"c", std::ssize(means), Role::category, true}, {"u", 1, Role::class_related, false, true, 0}},
            [classes = std::ssize(means)](const Tensor& x) {
              return Codes{at::full({x.size(0), classes}, 1.0 / static_cast<double>(classes)),
                           x.mean({1, 2, 3}).unsqueeze(1)};
            },
            [](const Codes& codes) {
              return codes.at(1).clamp(-1, 1).view({-1, 1, 1, 1}).expand({-1, 3, 8, 8});
            }),
        means_(std::move(means)) {}

  [[nodiscard]] Gaussian prior(size_t block) const override {
    if (block != 1) return Model::prior(block);
    const Tensor means = at::tensor(means_).view({-1, 1});
    return {means, at::full(means.sizes(), -2.0)};
  }

 private:
  std::vector<float> means_;
};

Tensor class_priors_of(const std::vector<float>& means) {
  const fakes::Source data(3, 2, {{Split::unlabelled, 9}}, Space::square(3, 8));
  return figure("class-priors").draw(GrayClasses(means), data, 1).frames.at(0).to(at::kInt);
}

TEST(ClassPriors, EachOfTenClassesHasItsOwnColour) {
  const Tensor frame = class_priors_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  std::set<Rgb> seen;
  for (size_t c = 0; c < 10; ++c) {
    const Rgb colour = class_colour(c);
    EXPECT_TRUE(seen.insert(colour).second) << c;
    const Tensor wanted = at::tensor(std::vector<int>(colour.begin(), colour.end())).view({3, 1, 1});
    EXPECT_GT((frame == wanted).all(0).sum().item<int64_t>(), 10) << c;
  }
}

// How wide the dark pixels of the numbers above the curves reach; curves of two classes are not dark.
int64_t width_of_numbers(const Tensor& frame) {
  const Tensor rows = frame.slice(1, 16 + kHeadingHeight, 16 + kHeadingHeight + 2 * kLabelHeight);
  const Tensor columns = rows.lt(100).all(0).any(0).nonzero();
  return columns.max().item<int64_t>() - columns.min().item<int64_t>() + 1;
}

TEST(ClassPriors, NumbersOfCurvesWithOnePeakStandSideBySide) {
  EXPECT_GE(width_of_numbers(class_priors_of({0, 0})), text_width("0", kLabelHeight) + 3);
}

}  // namespace
}  // namespace refract
