#include "refract/data/sets/fashion_mnist.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::gzip;
using testing_support::message_of;
using testing_support::mnist_files;
using testing_support::TempFolder;

FashionMnistOptions fashion_in(const std::filesystem::path& folder) {
  FashionMnistOptions options;
  options.fashion_mnist_dir = folder.string();
  options.images.parts.fit_images = options.images.parts.score_images = 10;
  return options;
}

TEST(FashionMnist, IsMnistWithOtherClasses) {
  const TempFolder folder;
  mnist_files(folder.path(), 40, 20, 28);
  PlainMnistOptions plain = fashion_in(folder.path()).images;
  plain.mnist_dir = folder.path().string();
  const auto data = make_fashion_mnist(fashion_in(folder.path())), digits = make_plain_mnist(plain);
  EXPECT_EQ(data->info().name, "fashion-mnist");
  ASSERT_EQ(data->info().classes.size(), 10U);
  EXPECT_EQ(data->info().classes.at(9), "ankle boot");
  EXPECT_EQ(digits->info().classes.at(9), "9");
  for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
    const Indices all = all_indices(data->count(split));
    EXPECT_TRUE(at::equal(data->examples(split, all), digits->examples(split, all))) << name_of(split);
    EXPECT_TRUE(at::equal(data->labels(split, all), digits->labels(split, all))) << name_of(split);
  }
}

TEST(FashionMnist, MayBePacked) {
  const TempFolder plain, packed;
  mnist_files(plain.path(), 40, 20, 28);
  for (const auto& entry : std::filesystem::directory_iterator(plain.path()))
    write_file(packed / (entry.path().filename().string() + ".gz"), gzip(read_file(entry.path())));
  const auto data = make_fashion_mnist(fashion_in(packed.path()));
  EXPECT_EQ(data->info().checksums, make_fashion_mnist(fashion_in(plain.path()))->info().checksums);
}

TEST(FashionMnist, WithoutFilesTheSentenceNamesThem) {
  const TempFolder folder;
  const std::string message = message_of<BadInput>([&] { make_fashion_mnist(fashion_in(folder.path())); });
  for (const char* part : {"Reading Fashion-MNIST", "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
                           "--fashion_mnist_dir", "get_fashion_mnist.sh"})
    EXPECT_TRUE(contains(message, part)) << message;
}

TEST(RealFashionMnist, HasAsManyOfEachKind) {
  if (std::getenv("FASHION_MNIST_DIR") == nullptr) GTEST_SKIP() << "FASHION_MNIST_DIR is not set";
  const auto data = make_fashion_mnist({});
  const Tensor labels = data->labels(Split::unlabelled, all_indices(data->count(Split::unlabelled)));
  EXPECT_EQ(labels.numel(), 60'000);
  for (int64_t c = 0; c < 10; ++c) EXPECT_EQ(labels.eq(c).sum().item<int64_t>(), 6000) << c;
}

}  // namespace
}  // namespace refract
