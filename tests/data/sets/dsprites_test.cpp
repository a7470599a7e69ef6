#include "refract/data/sets/dsprites.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "refract/core/errors.h"
#include "tests/data/sprites.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::sprite_arrays;
using testing_support::TempFolder;

// 3 shapes, 2 scales, and 4 positions x: 24 images.
class DspritesFile : public testing::Test {
 protected:
  DspritesFile() { write(sprite_arrays()); }
  void write(const std::vector<NpzArray>& arrays) const { write_file(folder_ / "sprites.npz", npz(arrays)); }
  [[nodiscard]] std::unique_ptr<DataSource> source(int64_t size = 64, int64_t fit = 8) const {
    return make_dsprites({.size = size, .draw = {1, fit, 6}, .dsprites_file = (folder_ / "sprites.npz").string()});
  }
  [[nodiscard]] std::string refusal(const std::vector<NpzArray>& arrays) const {
    write(arrays);
    return message_of<BadInput>([&] { static_cast<void>(source()); });
  }
  TempFolder folder_;
};

TEST_F(DspritesFile, EveryImageIsUnlabelledAndSomeFitAndScore) {
  const auto data = source();
  EXPECT_EQ(data->count(Split::unlabelled), 24);
  EXPECT_EQ(data->count(Split::fit), 8);
  EXPECT_EQ(data->count(Split::score), 6);
  EXPECT_EQ(data->count(Split::reference), 0);
  const auto numbers = [&](Split split) {
    Indices all;
    for (int64_t i = 0; i < data->count(split); ++i) {
      const Tensor f = data->factors(split, {i})[0];
      all.push_back(std::lround(16 * f[0].item<double>() + 4 * f[1].item<double>() + 3 * f[3].item<double>()));
    }
    return all;
  };
  Indices drawn = numbers(Split::fit);
  for (const int64_t number : numbers(Split::score)) drawn.push_back(number);
  EXPECT_EQ(std::set<int64_t>(drawn.begin(), drawn.end()).size(), 14U) << "those that fit do not score";
}

TEST_F(DspritesFile, FactorsAreRanksOfTheValuesThatOccur) {
  const auto data = source();
  EXPECT_EQ(data->info().factors.size(), 5U);
  EXPECT_EQ(data->info().factor_sizes, (std::vector<int64_t>{3, 2, 1, 4, 1}));
  const Tensor factors = data->factors(Split::unlabelled, {0, 7, 13, 23});
  EXPECT_TRUE(at::allclose(factors, at::tensor({0.F, 0.F, 0.F, 0.F,     0.F,  //
                                                0.F, 1.F, 0.F, 1.F,     0.F,  //
                                                .5F, 1.F, 0.F, 1.F / 3, 0.F,  //
                                                1.F, 1.F, 0.F, 1.F,     0.F})
                                        .view({4, 5})));
  EXPECT_TRUE(at::equal(data->labels(Split::unlabelled, {0, 13, 23}), at::tensor({0, 1, 2}, at::kLong)));
}

TEST_F(DspritesFile, ImagesAreBlackAndWhiteAndAreAveraged) {
  const Tensor whole = source()->examples(Split::unlabelled, {3, 20});
  EXPECT_TRUE((whole.abs() == 1).all().item<bool>());
  EXPECT_EQ(whole[0][0][20][10].item<float>(), 1) << "image 3 is white from row 20, column 3";
  EXPECT_EQ(whole[0][0][19][10].item<float>(), -1);
  const Tensor half = source(32)->examples(Split::unlabelled, {3, 20});
  EXPECT_TRUE(at::allclose(half, whole.view({2, 1, 32, 2, 32, 2}).mean({3, 5}), 0, .01));
}

TEST_F(DspritesFile, APartWithoutTheColourIsTheSame) {
  const auto six = source();
  write(sprite_arrays(5));
  const auto five = source();
  EXPECT_TRUE(at::equal(six->factors(Split::fit, {0, 1, 2}), five->factors(Split::fit, {0, 1, 2})));
  EXPECT_NE(six->info().checksums.at("sprites.npz"), five->info().checksums.at("sprites.npz"));
}

TEST_F(DspritesFile, WhatIsNotItsFormatIsASentence) {
  const auto arrays = sprite_arrays();
  EXPECT_TRUE(contains(refusal({arrays[0], arrays[2]}), "latents_classes"));
  EXPECT_TRUE(contains(refusal({arrays[1], arrays[2]}), "imgs"));
  EXPECT_TRUE(contains(refusal({arrays[0], npz_array("latents_classes", at::zeros({24, 3}))}), "found [24, 3]"));
  EXPECT_TRUE(contains(refusal({arrays[0], npz_array("latents_classes", at::full({24, 5}, 7))}), "shapes 0, 1 and 2"));
  EXPECT_TRUE(contains(refusal({npz_array("imgs", at::zeros({24, 32, 32})), arrays[1]}), "[24, 64, 64]"));
  EXPECT_TRUE(contains(refusal({npz_array("imgs", at::zeros({23, 64, 64})), arrays[1]}), "24 images in imgs"));
  EXPECT_TRUE(contains(refusal({npz_array("imgs", at::zeros({25, 64, 64})), arrays[1]}), "as many as"));
  EXPECT_TRUE(contains(refusal({npz_array("imgs", at::full({24, 64, 64}, 255)), arrays[1]}), "0 or 1"));
  write(arrays);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { static_cast<void>(source(64, 19)); }), "Lower fit_images"));
  testing_support::truncate_file(folder_ / "sprites.npz");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { static_cast<void>(source()); }), "sprites.npz"));
  std::filesystem::remove(folder_ / "sprites.npz");
  const std::string missing = message_of<BadInput>([&] { static_cast<void>(source()); });
  EXPECT_TRUE(contains(missing, "github.com") && contains(missing, "rendered-sprites")) << missing;
}

TEST(RealDsprites, IsAWholeGrid) {
  if (std::getenv("DSPRITES_FILE") == nullptr) GTEST_SKIP() << "DSPRITES_FILE is not set";
  const auto data = make_dsprites({.size = 32, .draw = {}, .dsprites_file = ""});
  int64_t combinations = 1;
  for (const int64_t size : data->info().factor_sizes) combinations *= size;
  EXPECT_EQ(data->count(Split::unlabelled), combinations);
  const Tensor ends = data->factors(Split::unlabelled, {0, combinations - 1});
  EXPECT_TRUE(at::equal(ends, at::tensor({0.F, 1.F}).view({2, 1}).expand({2, 5})));
}

}  // namespace
}  // namespace refract
