// The figure `generated-scatter`: what colours the points of both sides, and which plane they lie in.
#include <gtest/gtest.h>

#include "refract/data/sets/arcs.h"
#include "refract/draw/plot.h"
#include "refract/figures/figure.h"
#include "tests/support/arc_model.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

constexpr int64_t kScatterGap = 24, kScatterSide = 400;

std::unique_ptr<DataSource> few_arcs() {
  ArcsOptions options;
  options.points = options.fit_points = options.score_points = 300;
  return make_arcs(options);
}

// Whether a colour stands in the left plot, or in the right one.
bool plot_shows(const Tensor& frame, int64_t plot, Rgb colour) {
  const Tensor part = frame.narrow(2, kScatterGap + plot * (kScatterSide + kScatterGap), kScatterSide);
  Tensor same = part[0].eq(colour[0]);
  for (size_t c = 1; c < 3; ++c) same = same.logical_and(part[static_cast<int64_t>(c)].eq(colour.at(c)));
  return same.any().item<bool>();
}

TEST(GeneratedScatter, BothSidesAreColouredByClass) {
  const auto data = few_arcs();
  const Figure drawn = figure("generated-scatter").draw(fakes::of_arcs(1), *data, 1);
  for (const int64_t plot : {0, 1})
    for (size_t c = 0; c < 3; ++c)
      EXPECT_TRUE(plot_shows(drawn.frames.at(0), plot, class_colour(c))) << plot << " " << c;
  EXPECT_TRUE(contains(drawn.caption, "Left: held-out rows")) << drawn.caption;
}

TEST(GeneratedScatter, WithoutClassesTheGeneratedSideHasOneColour) {
  const fakes::FakeModel model = fakes::FakeModel(
      Space::row(2), {{"z", 2, Role::whole}}, [](const Tensor& x) { return Codes{x}; },
      [](const Codes& codes) { return codes.at(0); });
  const Tensor frame = figure("generated-scatter").draw(model, *few_arcs(), 1).frames.at(0);
  EXPECT_TRUE(plot_shows(frame, 0, class_colour(2)) && plot_shows(frame, 1, class_colour(0)));
  EXPECT_FALSE(plot_shows(frame, 1, class_colour(1)) || plot_shows(frame, 1, class_colour(2)));
}

TEST(GeneratedScatter, SaysWhatItCannotShow) {
  const FigureEntry& entry = figure("generated-scatter");
  EXPECT_TRUE(contains(entry.lacks(fakes::whole(), *few_arcs()), "makes pictures"));
  const fakes::FakeModel narrow(Space::row(1), {{"z", 1, Role::whole}}, [](const Tensor& x) { return Codes{x}; });
  EXPECT_TRUE(contains(entry.lacks(narrow, *few_arcs()), "the rows have one"));
  const fakes::FakeModel no_prior(
      Space::row(2), {{"s", 2, Role::target, false, false}}, [](const Tensor& x) { return Codes{x}; },
      [](const Codes& codes) { return codes.at(0); });
  EXPECT_TRUE(contains(entry.lacks(no_prior, *few_arcs()), "no prior for its block s"));
  EXPECT_EQ(entry.lacks(fakes::of_arcs(1), *few_arcs()), "");
}

}  // namespace
}  // namespace refract
