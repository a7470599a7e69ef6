#include "refract/data/sets/mnist.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::bytes_of;
using testing_support::contains;
using testing_support::gzip;
using testing_support::idx;
using testing_support::message_of;
using testing_support::TempFolder;

class MnistFiles : public testing::Test {
 protected:
  MnistFiles() {
    write("train-images-idx3-ubyte", idx(0x803, {3, 2, 2}, "abcdefghijkl"));
    write("train-labels-idx1-ubyte", idx(0x801, {3}, std::string("\2\0\1", 3)));
    write("t10k-images-idx3-ubyte", idx(0x803, {1, 2, 2}, "mnop"));
    write("t10k-labels-idx1-ubyte", idx(0x801, {1}, "\4"));
  }
  void write(const std::string& name, const std::string& bytes) const { write_file(folder_ / name, bytes); }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(folder_ / from, folder_ / to);
  }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { read_mnist(folder_.path()); });
  }

  TempFolder folder_;
};

TEST_F(MnistFiles, AreRead) {
  ASSERT_TRUE(holds_mnist(folder_.path()));
  const Mnist mnist = read_mnist(folder_.path());
  EXPECT_EQ(bytes_of(mnist.training.images), "abcdefghijkl");
  EXPECT_EQ(bytes_of(mnist.test.images), "mnop");
  EXPECT_EQ(mnist.training.labels.scalar_type(), at::kLong);
  EXPECT_EQ(bytes_of(mnist.training.labels), std::string("\2\0\1", 3));
  EXPECT_EQ(mnist.checksums.size(), 4U);
  EXPECT_EQ(mnist.checksums.at("t10k-images-idx3-ubyte"), sha256(idx(0x803, {1, 2, 2}, "mnop")));
}

TEST_F(MnistFiles, AreFoundUnderTheirOtherNames) {
  rename("train-images-idx3-ubyte", "train-images.idx3-ubyte");
  std::filesystem::remove(folder_ / "t10k-images-idx3-ubyte");
  write("t10k-images-idx3-ubyte.gz", gzip(idx(0x803, {1, 2, 2}, "qrst")));
  ASSERT_TRUE(holds_mnist(folder_.path()));
  const Mnist mnist = read_mnist(folder_.path());
  EXPECT_EQ(bytes_of(mnist.training.images), "abcdefghijkl");
  EXPECT_EQ(bytes_of(mnist.test.images), "qrst");
  EXPECT_EQ(mnist.checksums.at("t10k-images-idx3-ubyte"), sha256(idx(0x803, {1, 2, 2}, "qrst")));
  EXPECT_TRUE(mnist.checksums.contains("train-images-idx3-ubyte")) << "one name for the same data";
}

TEST_F(MnistFiles, AMissingOneIsNamed) {
  std::filesystem::remove(folder_ / "t10k-labels-idx1-ubyte");
  EXPECT_FALSE(holds_mnist(folder_.path()));
  EXPECT_TRUE(contains(refusal(), "t10k-labels-idx1-ubyte")) << refusal();
  EXPECT_TRUE(contains(refusal(), folder_.path().string())) << refusal();
}

TEST_F(MnistFiles, ImagesAndLabelsAgreeInNumber) {
  write("train-labels-idx1-ubyte", idx(0x801, {2}, std::string("\2\0", 2)));
  EXPECT_TRUE(contains(refusal(), "3 images") && contains(refusal(), "2 labels")) << refusal();
}

TEST_F(MnistFiles, SwappedFilesAreRefused) {
  rename("train-labels-idx1-ubyte", "x");
  rename("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
  rename("x", "train-images-idx3-ubyte");
  EXPECT_TRUE(contains(refusal(), "expected images") && contains(refusal(), "holds labels")) << refusal();
}

TEST(RealMnist, HasItsKnownCountsAndSums) {
  const char* folder = std::getenv("MNIST_DIR");
  if (folder == nullptr || !holds_mnist(folder)) GTEST_SKIP() << "MNIST_DIR names no folder with the files of MNIST.";
  const Mnist mnist = read_mnist(folder);
  EXPECT_EQ(mnist.training.images.sizes().vec(), (std::vector<int64_t>{60000, 28, 28}));
  EXPECT_EQ(mnist.test.images.sizes().vec(), (std::vector<int64_t>{10000, 28, 28}));
  EXPECT_EQ(mnist.training.labels[0].item<int64_t>(), 5);
  EXPECT_EQ(mnist.test.labels[0].item<int64_t>(), 7);
  EXPECT_EQ(mnist.training.labels.bincount().sum().item<int64_t>(), 60000);
  EXPECT_EQ(mnist.training.labels.max().item<int64_t>(), 9);
}

}  // namespace
}  // namespace refract
