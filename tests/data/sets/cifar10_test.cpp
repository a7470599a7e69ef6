#include "refract/data/sets/cifar10.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::cifar10_files;
using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::truncate_file;
using testing_support::write_picture;

// Five training batches of 6 images and a test batch of 12, with labels 0 to 9 in turn in each file.
class Cifar10Files : public testing::Test {
 protected:
  Cifar10Files() { cifar10_files(folder_.path(), 6, 12); }
  [[nodiscard]] Cifar10Options options(int64_t size = 32) const {
    Cifar10Options options;
    options.size = size;
    options.cifar10_dir = folder_.path().string();
    options.parts.fit_images = 5;
    options.parts.score_images = 7;
    return options;
  }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { read_cifar10(folder_.path()); });
  }
  TempFolder folder_;
};

TEST_F(Cifar10Files, AreReadPixelForPixel) {
  const Cifar10 read = read_cifar10(folder_.path());
  ASSERT_EQ(read.images.sizes().vec(), (std::vector<int64_t>{42, 3, 32, 32}));
  EXPECT_EQ(read.training, 30);
  const std::string file = read_file(folder_ / "data_batch_3.bin");
  const auto byte = [&](size_t at) { return static_cast<int64_t>(static_cast<uint8_t>(file[at])); };
  EXPECT_EQ(read.labels[6 + 6 + 4].item<int64_t>(), 4);
  EXPECT_EQ(read.images[6 + 6 + 4][1][2][3].item<int64_t>(), byte(4 * 3073 + 1 + 1024 + 2 * 32 + 3));
  EXPECT_EQ(read.checksums.size(), 6U);
  EXPECT_EQ(read.checksums.at("data_batch_3.bin"), sha256(file));
}

TEST_F(Cifar10Files, BecomeSplits) {
  const auto data = make_cifar10(options());
  EXPECT_EQ(data->count(Split::unlabelled), 30);
  EXPECT_EQ(data->count(Split::fit), 5);
  EXPECT_EQ(data->count(Split::score), 7);
  EXPECT_EQ(data->count(Split::reference), 0);
  EXPECT_EQ(data->info().classes.at(3), "cat");
  const Cifar10 read = read_cifar10(folder_.path());
  EXPECT_TRUE(at::equal(data->labels(Split::unlabelled, {17, 2}), at::tensor({5, 2}, at::kLong)));
  EXPECT_TRUE(
      at::allclose((data->examples(Split::unlabelled, {17})[0] + 1) * 127.5, read.images[17].to(at::kFloat), 0, 1e-3));
  EXPECT_EQ(make_cifar10(options(16))->examples(Split::score, {0, 6}).sizes().vec(),
            (std::vector<int64_t>{2, 3, 16, 16}));
}

TEST_F(Cifar10Files, DamageIsASentence) {
  truncate_file(folder_ / "data_batch_2.bin");
  EXPECT_NO_THROW(read_cifar10(folder_.path())) << "half of 6 records are 3 whole ones";
  truncate_file(folder_ / "data_batch_2.bin");
  EXPECT_TRUE(contains(refusal(), "data_batch_2.bin") && contains(refusal(), "records of 3073 bytes")) << refusal();
  write_file(folder_ / "data_batch_2.bin", std::string(3073, '\x0b'));
  EXPECT_TRUE(contains(refusal(), "labels from 0 to 9, found 11")) << refusal();
  std::filesystem::remove(folder_ / "data_batch_2.bin");
  EXPECT_TRUE(contains(refusal(), "there is no file") && contains(refusal(), "--cifar10_dir")) << refusal();
}

TEST_F(Cifar10Files, LieInTheFolderOfTheirArchiveToo) {
  const TempFolder above;
  cifar10_files(above / "cifar-10-batches-bin", 6, 12);
  EXPECT_TRUE(at::equal(read_cifar10(above.path()).images, read_cifar10(folder_.path()).images));
}

// Pictures of one colour each: in training two of a class, red by its label, in test one, green by it.
class Cifar10Folders : public testing::Test {
 protected:
  Cifar10Folders() {
    for (size_t c = 0; c < cifar10_classes().size(); ++c) {
      const double level = 20.0 * static_cast<double>(c);
      for (const int i : {0, 1})
        write_picture(folder_ / fmt::format("train/{}/{:04}.png", cifar10_classes()[c], i), 32, 32,
                      cv::Scalar(40 + i, 0, level));  // blue, green, red
      write_picture(folder_ / fmt::format("test/{}/0000.png", cifar10_classes()[c]), 32, 32, cv::Scalar(0, level, 0));
    }
  }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { read_cifar10(folder_.path()); });
  }
  TempFolder folder_;
};

TEST_F(Cifar10Folders, AreReadAsTheBatchesAre) {
  const Cifar10 read = read_cifar10(folder_.path());
  ASSERT_EQ(read.images.sizes().vec(), (std::vector<int64_t>{30, 3, 32, 32}));
  EXPECT_EQ(read.training, 20);
  for (int64_t i = 0; i < 30; ++i) {
    const int64_t label = i < 20 ? i / 2 : i - 20;
    EXPECT_EQ(read.labels[i].item<int64_t>(), label);
    EXPECT_EQ(read.images[i][i < 20 ? 0 : 1][16][16].item<int64_t>(), 20 * label) << i;
  }
  EXPECT_EQ(read.images[7][2][0][0].item<int64_t>(), 41) << "the second of its class";
  Cifar10Options options;
  options.cifar10_dir = folder_.path().string();
  options.cache = false;
  options.parts.fit_images = 4;
  options.parts.score_images = 6;
  const auto data = make_cifar10(options);
  EXPECT_EQ(data->count(Split::unlabelled), 20);
  EXPECT_EQ(data->info().classes.at(3), "cat");
}

TEST_F(Cifar10Folders, DamageIsASentence) {
  write_file(folder_ / "train/cat/0001.png", "something else");
  EXPECT_TRUE(contains(refusal(), "train/cat/0001.png") && contains(refusal(), "--skip-bad-images")) << refusal();
  std::filesystem::remove_all(folder_ / "train/cat");
  EXPECT_TRUE(contains(refusal(), "a folder for each of the classes airplane") && contains(refusal(), "bird, deer"))
      << refusal();
  std::filesystem::remove_all(folder_ / "train");
  std::filesystem::create_directory(folder_ / "train");
  EXPECT_TRUE(contains(refusal(), "found none")) << refusal();
}

// The option that the message names.
TEST_F(Cifar10Folders, BadFilesAreLeftOutWhereAsked) {
  write_file(folder_ / "train/cat/0001.png", "something else");
  write_file(folder_ / "test/dog/0000.png", "something else");
  Cifar10Options options;
  options.cifar10_dir = folder_.path().string();
  options.cache = false;
  options.skip_bad_images = true;
  options.parts.fit_images = 4;
  options.parts.score_images = 5;
  const auto data = make_cifar10(options);
  EXPECT_EQ(data->count(Split::unlabelled), 19);
  EXPECT_TRUE(contains(data->info().note, "2 of 30 images")) << data->info().note;
  const Tensor labels = data->labels(Split::unlabelled, all_indices(19));
  const Tensor red = data->examples(Split::unlabelled, all_indices(19)).select(1, 0).select(1, 16).select(1, 16);
  for (int64_t i = 0; i < 19; ++i)
    EXPECT_NEAR((red[i].item<double>() + 1) * 127.5, 20.0 * labels[i].item<double>(), 1e-3) << i;
}

TEST(RealCifar10, HasAsManyOfEachKind) {
  if (std::getenv("CIFAR10_DIR") == nullptr) GTEST_SKIP() << "CIFAR10_DIR is not set";
  const auto data = make_cifar10({});
  const Tensor labels = data->labels(Split::unlabelled, all_indices(data->count(Split::unlabelled)));
  EXPECT_EQ(labels.numel(), 50'000);
  for (int64_t c = 0; c < 10; ++c) EXPECT_EQ(labels.eq(c).sum().item<int64_t>(), 5000) << c;
}

}  // namespace
}  // namespace refract
