// MNIST and its relatives as they are passed round: torchvision's folders, EMNIST's archive, Kaggle's CSV files.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/data/sets/digit_style.h"
#include "refract/data/sets/mnist.h"
#include "refract/data/sets/plain_mnist.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::bytes_of;
using testing_support::contains;
using testing_support::gzip;
using testing_support::idx;
using testing_support::message_of;
using testing_support::mnist_files;
using testing_support::noise;
using testing_support::TempFolder;

class MnistLayouts : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, bytes);
  }
  // A set of EMNIST: 3 training images and a test image of 2x2, the first "abcd".
  void emnist(const std::string& set, const std::string& labels, const std::string& folder = "") const {
    const std::string prefix = folder + "emnist-" + set;
    write(prefix + "-train-images-idx3-ubyte", idx(0x803, {3, 2, 2}, "abcdefghijkl"));
    write(prefix + "-train-labels-idx1-ubyte", idx(0x801, {3}, labels));
    write(prefix + "-test-images-idx3-ubyte.gz", gzip(idx(0x803, {1, 2, 2}, "mnop")));
    write(prefix + "-test-labels-idx1-ubyte", idx(0x801, {1}, labels.substr(0, 1)));
  }
  // Lines of a label and 4 pixels.
  [[nodiscard]] static std::string lines(int count, int first = 0) {
    std::string text;
    for (int i = 0; i < count; ++i) text += fmt::format("{},{},1,2,255\n", i % 10, first + i);
    return text;
  }
  Mnist read(const std::string& set = "") const { return read_mnist(folder_.path(), set); }
  [[nodiscard]] std::string refusal(const std::string& set = "") const {
    return message_of<BadInput>([&] { read(set); });
  }
  TempFolder folder_;
};

TEST_F(MnistLayouts, TorchvisionsFolders) {
  mnist_files(folder_ / "MNIST/raw", 4, 2, 2);
  mnist_files(folder_ / "FashionMNIST/raw", 6, 2, 2);
  EXPECT_TRUE(holds_mnist(folder_.path()));
  EXPECT_EQ(read().training.count(), 4) << "MNIST's own of several";
  EXPECT_EQ(read_mnist(folder_ / "FashionMNIST").training.count(), 6);
  std::filesystem::remove_all(folder_ / "MNIST");
  EXPECT_EQ(read().training.count(), 6) << "the only one";
  mnist_files(folder_ / "KMNIST/raw", 8, 2, 2);
  EXPECT_FALSE(holds_mnist(folder_.path()));
  EXPECT_TRUE(contains(refusal(), "FashionMNIST/raw") && contains(refusal(), "KMNIST/raw")) << refusal();
}

TEST_F(MnistLayouts, EmnistsLettersAreTurnedUprightAndNumberedFromZero) {
  emnist("letters", std::string("\x01\x02\x1a", 3));
  ASSERT_TRUE(holds_mnist(folder_.path()));
  const Mnist mnist = read();
  EXPECT_EQ(bytes_of(mnist.training.images), "acbdegfhikjl");
  EXPECT_EQ(bytes_of(mnist.test.images), "monp");
  EXPECT_EQ(bytes_of(mnist.training.labels), std::string("\x00\x01\x19", 3));
  ASSERT_EQ(mnist.classes.size(), 26U);
  EXPECT_EQ(mnist.classes[25], "z");
  EXPECT_EQ(mnist.checksums.count("emnist-letters-test-images-idx3-ubyte"), 1U);
}

TEST_F(MnistLayouts, EmnistsOtherSetsAreNamedAsTheirClasses) {
  emnist("balanced", std::string("\x00\x0a\x2e", 3), "gzip/");
  const Mnist balanced = read();
  EXPECT_EQ(bytes_of(balanced.training.labels), std::string("\x00\x0a\x2e", 3));
  ASSERT_EQ(balanced.classes.size(), 47U);
  EXPECT_EQ(balanced.classes[10] + balanced.classes[46], "At");
  emnist("byclass", std::string("\x00\x24\x3d", 3), "gzip/");
  EXPECT_EQ(read("byclass").classes.at(36), "a");
  EXPECT_EQ(read("byclass").classes.size(), 62U);
  emnist("digits", std::string("\x00\x04\x09", 3), "gzip/");
  EXPECT_TRUE(read("digits").classes.empty());
  const std::string several = refusal();
  EXPECT_TRUE(contains(several, "balanced, byclass, digits") && contains(several, "--emnist")) << several;
  EXPECT_TRUE(contains(refusal("letters"), "'letters'")) << refusal("letters");
}

TEST_F(MnistLayouts, EmnistsClassesReachTheDataSets) {
  emnist("letters", std::string("\x01\x02\x03", 3));
  PlainMnistOptions plain;
  plain.mnist_dir = folder_.path().string();
  plain.parts.fit_images = 0;
  plain.parts.score_images = 1;
  EXPECT_EQ(make_plain_mnist(plain)->info().classes.size(), 26U);
  DigitStyleOptions styled;
  styled.size = 16;
  styled.mnist_dir = folder_.path().string();
  EXPECT_EQ(make_digit_style(styled)->info().classes.size(), 26U);
}

TEST_F(MnistLayouts, KagglesDigitRecognizerHasAQuarterHeldOut) {
  write("train.csv", "label,pixel0,pixel1,pixel2,pixel3\r\n" + lines(40));
  write("test.csv", "pixel0,pixel1,pixel2,pixel3\n1,2,3,4\n");
  ASSERT_TRUE(holds_mnist(folder_.path()));
  const Mnist mnist = read();
  EXPECT_EQ(mnist.training.images.sizes().vec(), (std::vector<int64_t>{30, 2, 2}));
  EXPECT_EQ(mnist.test.count(), 10);
  for (const Digits* part : {&mnist.training, &mnist.test})
    EXPECT_TRUE(at::equal(part->images.select(1, 0).select(1, 0).remainder(10).to(at::kLong), part->labels));
  EXPECT_EQ(mnist.training.images[0][1][1].item<int64_t>(), 255);
  EXPECT_TRUE(contains(mnist.note, "test.csv has no labels") && contains(mnist.note, "10 images")) << mnist.note;
  EXPECT_EQ(mnist.checksums.size(), 1U);
  std::filesystem::remove(folder_ / "test.csv");
  EXPECT_TRUE(contains(read().note, "test.csv is not there"));
}

TEST_F(MnistLayouts, CsvFilesWithoutAHeading) {
  write("mnist_train.csv", lines(5));
  write("mnist_test.csv", lines(3, 100) + "\n");
  const Mnist mnist = read();
  EXPECT_EQ(mnist.training.count(), 5);
  EXPECT_EQ(mnist.training.images[4][0][0].item<int64_t>(), 4);
  EXPECT_EQ(mnist.test.images[2][0][0].item<int64_t>(), 102);
  EXPECT_EQ(mnist.test.labels[2].item<int64_t>(), 2);
  EXPECT_EQ(mnist.note, "");
}

TEST_F(MnistLayouts, EmnistAsCsvIsTurnedToo) {
  write("emnist-letters-train.csv", "1,10,11,12,13\n26,20,21,22,23\n");
  write("emnist-letters-test.csv", "2,10,11,12,13\n");
  const Mnist mnist = read();
  EXPECT_EQ(bytes_of(mnist.training.images.slice(0, 0, 1)), "\x0a\x0c\x0b\x0d");
  EXPECT_EQ(bytes_of(mnist.training.labels), std::string("\x00\x19", 2));
  EXPECT_EQ(mnist.classes.at(1), "b");
}

TEST_F(MnistLayouts, DamageInACsvFileIsASentenceWithALine) {
  write("mnist_test.csv", lines(3));
  const auto with = [&](const std::string& text) {
    write("mnist_train.csv", text);
    return refusal();
  };
  EXPECT_TRUE(contains(with(lines(3) + "1,2,3,4\n"), "mnist_train.csv, line 4: expected 5 cells, found 4"))
      << refusal();
  EXPECT_TRUE(contains(with(lines(2) + "1,2,300,4,5\n"), "line 3: expected pixels from 0 to 255, found '300'"));
  EXPECT_TRUE(contains(with(lines(2) + "x,2,3,4,5\n"), "line 3: expected a label from 0 to 255, found 'x'"));
  EXPECT_TRUE(contains(with("label,a,b,c,d\n"), "expected images after it")) << refusal();
}

TEST_F(MnistLayouts, SeveralPlainSetsAreNotMixedUp) {
  write("mnist_train.csv", lines(5));
  write("fashion-mnist_train.csv", lines(5));
  EXPECT_TRUE(contains(refusal(), "fashion-mnist_train, mnist_train")) << refusal();
}

TEST_F(MnistLayouts, WhatIsMissingNamesEveryLayout) {
  write("train.csv", "emotion,pixels\n1,2 3\n");
  EXPECT_FALSE(holds_mnist(folder_.path()));
  for (const char* known : {"train-images-idx3-ubyte", "MNIST/raw", "emnist-letters", "mnist_train.csv"})
    EXPECT_TRUE(contains(refusal(), known)) << refusal();
}

}  // namespace
}  // namespace refract
