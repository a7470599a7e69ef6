#include "refract/data/sets/rendered_sprites.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numbers>

#include "refract/core/errors.h"
#include "refract/core/npz_file.h"
#include "refract/data/sets/sprite_render.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::Box;
using testing_support::contains;
using testing_support::lit_box;
using testing_support::message_of;

Box box_of(const Sprite& sprite) {
  return lit_box(render_sprite(sprite).unsqueeze(0).to(at::kFloat) * 2 - 1);
}

TEST(RenderSprite, ShapesHaveTheirExtent) {
  const Box square = box_of({SpriteShape::square, 1, 0, .5, .5});
  EXPECT_EQ(square.width, square.height);
  EXPECT_NEAR(square.width, 19.2, 1);
  const Box ellipse = box_of({SpriteShape::ellipse, 1, 0, .5, .5});
  EXPECT_NEAR(ellipse.width, 25.6, 1);
  EXPECT_NEAR(ellipse.height, 14.4, 1);
  const Box heart = box_of({SpriteShape::heart, .5, 0, .5, .5});
  EXPECT_NEAR(heart.width, 9.6, 1);
  EXPECT_NEAR(heart.height, 9.6, 1.2);
}

TEST(RenderSprite, TheHeartIsBroadAtTheTop) {
  const Tensor heart = render_sprite({SpriteShape::heart, 1, 0, .5, .5}).to(at::kLong);
  const Tensor widths = heart.sum(1);
  EXPECT_GT(widths[28].item<int64_t>(), 2 * widths[37].item<int64_t>());
  EXPECT_TRUE(at::equal(heart, heart.flip(1))) << "and symmetric";
}

TEST(RenderSprite, TurnsCounterClockwise) {
  const Tensor upright = render_sprite({SpriteShape::heart, 1, 0, .5, .5});
  const Tensor turned = render_sprite({SpriteShape::heart, 1, std::numbers::pi / 2, .5, .5});
  const auto differing = (turned != upright.rot90(1, {0, 1})).sum().item<int64_t>();
  EXPECT_LE(differing, 4) << "points on the edge may fall on either side";
  EXPECT_GT((turned != upright.rot90(-1, {0, 1})).sum().item<int64_t>(), 40);
}

TEST(RenderSprite, PositionsLieWithinTheCanvas) {
  const Box corner = box_of({SpriteShape::square, 1, std::numbers::pi / 4, 0, 1});
  EXPECT_NEAR(corner.left + corner.width / 2.0, 16, .5);
  EXPECT_NEAR(corner.top + corner.height / 2.0, 48, .5);
  EXPECT_GT(corner.left, 0);
  EXPECT_LT(corner.top + corner.height, 64);
}

TEST(RenderedSprites, AreAllCombinationsTheLastFactorFastest) {
  const auto data =
      make_rendered_sprites({.size = 32, .scales = 2, .orientations = 3, .positions = 4, .draw = {1, 10, 20}});
  EXPECT_EQ(data->count(Split::unlabelled), 3 * 2 * 3 * 4 * 4);
  EXPECT_EQ(data->info().factor_sizes, (std::vector<int64_t>{3, 2, 3, 4, 4}));
  EXPECT_EQ(data->examples(Split::score, {19, 0}).sizes().vec(), (std::vector<int64_t>{2, 1, 32, 32}));
  const Tensor sixths = (data->factors(Split::unlabelled, {0, 1, 7, 16, 287}) * 6).round().to(at::kLong);
  const std::vector<int64_t> expected = {0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 6, 0, 0, 3, 0, 0, 6, 6, 6, 6, 6};
  EXPECT_TRUE(at::equal(sixths, at::tensor(expected, at::kLong).view({5, 5}))) << sixths;
  EXPECT_EQ(data->labels(Split::unlabelled, {287}).item<int64_t>(), 2);
}

TEST(RenderedSprites, TooFewImagesAreRefused) {
  const auto small = [] { make_rendered_sprites({.scales = 2, .orientations = 2, .positions = 2, .draw = {}}); };
  EXPECT_TRUE(contains(message_of<BadInput>(small), "there are 48"));
}

// Every published image beside the one drawn from its values.
TEST(RenderedSprites, AreLikeThePublishedPictures) {
  const char* file = std::getenv("DSPRITES_FILE");
  if (file == nullptr) GTEST_SKIP() << "DSPRITES_FILE is not set";
  const NpzArrays arrays = read_npz(file, {"imgs", "latents_classes", "latents_values"});
  const Tensor &images = arrays.at("imgs"), &values = arrays.at("latents_values");
  const Tensor classes = arrays.at("latents_classes").to(at::kLong);
  const int64_t first = classes.size(1) - 5;
  Tensor published = at::zeros({3, 6}, at::kDouble), drawn = at::zeros({3, 6}, at::kDouble);
  double differing = 0;
  for (int64_t i = 0; i < images.size(0); i += 17) {
    const auto value = [&](int64_t k) { return values[i][first + k].item<double>(); };
    const int64_t shape = classes[i][first].item<int64_t>(), scale = classes[i][first + 1].item<int64_t>();
    const Tensor picture = render_sprite({static_cast<SpriteShape>(shape), value(1), value(2), value(3), value(4)});
    published[shape][scale] += images[i].sum().item<double>();
    drawn[shape][scale] += picture.sum().item<double>();
    differing += (picture != images[i]).sum().item<double>();
  }
  const Tensor ratio = drawn / published;
  EXPECT_GT(ratio.min().item<double>(), .99) << ratio;
  EXPECT_LT(ratio.max().item<double>(), 1.01) << ratio;
  EXPECT_LT(differing / published.sum().item<double>(), .005) << "pixels that differ, of those that are white";
}

}  // namespace
}  // namespace refract
