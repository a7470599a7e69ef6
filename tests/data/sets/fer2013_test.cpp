#include "refract/data/sets/fer2013.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::fer2013_csv;
using testing_support::gzip;
using testing_support::idx;
using testing_support::message_of;
using testing_support::TempFolder;

// 42 faces, six of each emotion, two of each in every part.
class Fer2013Files : public testing::Test {
 protected:
  Fer2013Files() { write("fer2013.csv", csv_); }
  void write(const std::string& name, const std::string& bytes) const { write_file(folder_ / name, bytes); }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { read_fer2013(folder_.path()); });
  }
  [[nodiscard]] std::unique_ptr<DataSource> source(int64_t size = 48) const {
    Fer2013Options options;
    options.size = size;
    options.fer2013_dir = folder_.path().string();
    return make_fer2013(options);
  }

  TempFolder folder_;
  std::string csv_ = fer2013_csv(42);
};

TEST_F(Fer2013Files, TheCsvIsReadPixelForPixel) {
  const Faces faces = read_fer2013(folder_.path());
  ASSERT_EQ(faces.images.sizes().vec(), (std::vector<int64_t>{42, 48, 48}));
  EXPECT_EQ(faces.images[5][3][7].item<int64_t>(), static_cast<int64_t>(mix(5, 3 * 48 + 7) % 256));
  EXPECT_EQ(faces.labels[13].item<int64_t>(), 6);
  EXPECT_EQ(faces.parts[6], FacePart::train);
  EXPECT_EQ(faces.parts[7], FacePart::validation);
  EXPECT_EQ(faces.parts[20], FacePart::test);
  EXPECT_EQ(faces.checksums.at("fer2013.csv"), sha256(csv_));
}

TEST_F(Fer2013Files, IdxFilesHoldTheSame) {
  const Faces expected = read_fer2013(folder_.path());
  std::string pixels(reinterpret_cast<const char*>(expected.images.data_ptr<uint8_t>()), 42 * 48 * 48);
  std::string labels;
  std::string parts = "index,path\n";
  for (int i = 0; i < 42; ++i) {
    labels += static_cast<char>(i % 7);
    parts +=
        fmt::format("{},{}/x/{}.jpg\n", i, std::array<const char*, 3>{"train", "validation", "test"}.at(i / 7 % 3), i);
  }
  std::filesystem::remove(folder_ / "fer2013.csv");
  write("images.idx.gz", gzip(idx(0x803, {42, 48, 48}, pixels)));
  write("labels.idx", idx(0x801, {42}, labels));
  write("split.csv", parts);
  const Faces faces = read_fer2013(folder_.path());
  EXPECT_TRUE(at::equal(faces.images, expected.images));
  EXPECT_TRUE(at::equal(faces.labels, expected.labels));
  EXPECT_EQ(faces.parts, expected.parts);
  write("split.csv", "index,path\n1,train/x\n");
  EXPECT_TRUE(contains(refusal(), "split.csv, line 2: expected index 0"));
}

TEST_F(Fer2013Files, NeutralFacesAreTheReferenceSetAndTheOthersAreNot) {
  const auto data = source();
  EXPECT_EQ(data->count(Split::reference), 2);
  EXPECT_EQ(data->count(Split::unlabelled), 12);
  EXPECT_EQ(data->count(Split::fit), 12);
  EXPECT_EQ(data->count(Split::score), 12);
  const Faces faces = read_fer2013(folder_.path());
  const Tensor second = data->examples(Split::reference, {1})[0][0];
  EXPECT_TRUE(at::allclose((second + 1) * 127.5, faces.images[27].to(at::kFloat), 0, 1e-3));
  EXPECT_TRUE(at::equal(data->labels(Split::score, {0, 5}), at::tensor({0, 5}, at::kLong)));
  EXPECT_THROW(static_cast<void>(data->labels(Split::reference, {0})), BadInput);
}

TEST_F(Fer2013Files, TestImagesThatOccurElsewhereAreLeftOut) {
  // The first test image gets the pixels of the second training image.
  const auto pixels_of = [&](int64_t i) {
    size_t start = 0;
    for (int64_t line = 0; line <= i; ++line) start = csv_.find('\n', start) + 1;
    const size_t from = csv_.find(',', start) + 1;
    return std::pair(from, csv_.find(',', from) - from);
  };
  const auto [from, length] = pixels_of(1);
  const std::string copied = csv_.substr(from, length);
  const auto [to, old] = pixels_of(14);
  std::string changed = csv_;
  write("fer2013.csv", changed.replace(to, old, copied));
  const auto data = source();
  EXPECT_EQ(data->count(Split::score), 11);
  EXPECT_EQ(data->count(Split::fit), 12);
}

TEST_F(Fer2013Files, LargerAndSmallerSizesKeepTheMean) {
  const double mean = source()->examples(Split::unlabelled, {0}).mean().item<double>();
  for (const int64_t size : {64, 24}) {
    const Tensor image = source(size)->examples(Split::unlabelled, {0});
    EXPECT_EQ(image.sizes().vec(), (std::vector<int64_t>{1, 1, size, size}));
    EXPECT_NEAR(image.mean().item<double>(), mean, 0.01);
  }
}

TEST_F(Fer2013Files, DamageIsASentenceWithALine) {
  write("fer2013.csv", csv_.substr(0, csv_.size() / 2));
  EXPECT_TRUE(contains(refusal(), "fer2013.csv, line ")) << refusal();
  write("fer2013.csv", "emotion,pixels,Usage\n7,0 1,Training\n");
  EXPECT_TRUE(contains(refusal(), "line 2: expected an emotion from 0 to 6")) << refusal();
  write("fer2013.csv", "emotion,pixels,Usage\n1,0 300,Training\n");
  EXPECT_TRUE(contains(refusal(), "pixels from 0 to 255")) << refusal();
  write("fer2013.csv", "something else");
  EXPECT_TRUE(contains(refusal(), "heading")) << refusal();
  std::filesystem::remove(folder_ / "fer2013.csv");
  EXPECT_TRUE(contains(refusal(), "--fer2013_dir")) << refusal();
}

TEST(Fer2013, TheGenuineSetHasItsKnownSizes) {
  if (std::getenv("FER2013_DIR") == nullptr) GTEST_SKIP() << "FER2013_DIR is not set";
  const auto data = make_fer2013({});
  EXPECT_EQ(data->count(Split::reference), 4965);
  EXPECT_EQ(data->count(Split::unlabelled), 23744);
  EXPECT_EQ(data->count(Split::fit), 2982);
  EXPECT_EQ(data->count(Split::score), 2679);
}

}  // namespace
}  // namespace refract
