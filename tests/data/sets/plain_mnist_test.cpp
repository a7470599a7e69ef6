#include "refract/data/sets/plain_mnist.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/sets/mnist.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::mnist_files;
using testing_support::TempFolder;

// 40 training and 20 test images of 28x28, as Fashion-MNIST lays them out too.
class PlainMnist : public testing::Test {
 protected:
  PlainMnist() { mnist_files(folder_.path(), 40, 20, 28); }
  [[nodiscard]] PlainMnistOptions options(int64_t size = 32) const {
    PlainMnistOptions options;
    options.size = size;
    options.mnist_dir = folder_.path().string();
    options.parts.fit_images = options.parts.score_images = 10;
    return options;
  }
  // The bytes of an image from the file, and those that the source shows, [H, W] float.
  static Tensor shown(const DataSource& data, Split split, int64_t index) {
    return (data.examples(split, {index})[0][0] + 1) * 127.5;
  }
  TempFolder folder_;
};

TEST_F(PlainMnist, TrainingImagesAreUnlabelledWithKnownLabels) {
  const auto data = make_plain_mnist(options(28));
  const Mnist files = read_mnist(folder_.path());
  EXPECT_EQ(data->count(Split::unlabelled), 40);
  EXPECT_EQ(data->count(Split::reference), 0);
  EXPECT_EQ(data->info().classes.size(), 10U);
  EXPECT_EQ(data->info().checksums, files.checksums);
  EXPECT_TRUE(at::allclose(shown(*data, Split::unlabelled, 7), files.training.images[7].to(at::kFloat), 0, 1e-3));
  EXPECT_TRUE(at::equal(data->labels(Split::unlabelled, {3, 39}),
                        files.training.labels.index_select(0, at::tensor({3, 39}, at::kLong))));
}

TEST_F(PlainMnist, TestImagesFitAndScoreTheProbes) {
  const auto data = make_plain_mnist(options(28));
  const Tensor test = read_mnist(folder_.path()).test.images.to(at::kFloat);
  std::set<int64_t> seen;
  for (const Split split : {Split::fit, Split::score})
    for (int64_t i = 0; i < 10; ++i)
      seen.insert((test - shown(*data, split, i)).abs().flatten(1).amax(1).argmin().item<int64_t>());
  EXPECT_EQ(seen.size(), 20U) << "each test image is in one of the two";
}

TEST_F(PlainMnist, TrainingImagesMayFitThemInstead) {
  PlainMnistOptions given = options();
  given.parts.fit_from = "training";
  given.parts.score_images = 20;
  const auto data = make_plain_mnist(given);
  EXPECT_EQ(data->count(Split::unlabelled), 30);
  EXPECT_EQ(data->count(Split::fit), 10);
  EXPECT_EQ(data->count(Split::score), 20) << "all test images";
}

TEST_F(PlainMnist, IsResizedOrPadded) {
  const Tensor file = read_mnist(folder_.path()).training.images[5].to(at::kFloat);
  const Tensor larger = shown(*make_plain_mnist(options()), Split::unlabelled, 5);
  EXPECT_EQ(larger.sizes().vec(), (std::vector<int64_t>{32, 32}));
  EXPECT_NEAR(larger.mean().item<double>(), file.mean().item<double>(), 4);
  PlainMnistOptions given = options();
  given.to_size = "pad";
  const Tensor padded = shown(*make_plain_mnist(given), Split::unlabelled, 5);
  EXPECT_TRUE(at::allclose(padded.slice(0, 2, 30).slice(1, 2, 30), file, 0, 1e-3));
  EXPECT_NEAR(padded.sum().item<double>(), file.sum().item<double>(), 1) << "black around it";
}

TEST_F(PlainMnist, WhatDoesNotFitIsASentence) {
  PlainMnistOptions given = options(16);
  given.to_size = "pad";
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_plain_mnist(given); }), "28x28 do not fit into 16x16"));
  given = options();
  given.parts.score_images = 11;
  const std::string few = message_of<BadInput>([&] { make_plain_mnist(given); });
  EXPECT_TRUE(contains(few, "Splitting mnist") && contains(few, "21 of 20 test images")) << few;
  std::filesystem::remove(folder_ / "t10k-images-idx3-ubyte");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_plain_mnist(options()); }), "t10k-images-idx3-ubyte"));
  mnist_files(folder_ / "other", 20, 20, 14);
  std::filesystem::rename(folder_ / "other/t10k-images-idx3-ubyte", folder_ / "t10k-images-idx3-ubyte");
  const std::string sizes = message_of<BadInput>([&] { make_plain_mnist(options()); });
  EXPECT_TRUE(contains(sizes, "28x28") && contains(sizes, "14x14")) << sizes;
}

TEST(RealMnist, IsShownWhole) {
  const char* folder = std::getenv("MNIST_DIR");
  if (folder == nullptr || !holds_mnist(folder)) GTEST_SKIP() << "MNIST_DIR names no folder with the files of MNIST.";
  PlainMnistOptions options;
  options.parts.fit_images = 0;
  options.parts.score_images = 10000;
  const auto data = make_plain_mnist(options);
  EXPECT_EQ(data->count(Split::unlabelled), 60000);
  EXPECT_EQ(data->count(Split::score), 10000);
  EXPECT_EQ(data->labels(Split::unlabelled, {0}).item<int64_t>(), 5);
}

}  // namespace
}  // namespace refract
