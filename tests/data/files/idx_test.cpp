#include "refract/data/files/idx.h"

#include <gtest/gtest.h>

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

constexpr uint32_t kImages = 0x803;
constexpr uint32_t kLabels = 0x801;

class Idx : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(const std::string& bytes) const {
    write_file(folder_ / "file", bytes);
    return folder_ / "file";
  }
  // The sentence with which a file of these bytes is refused as images; it has to name the file.
  [[nodiscard]] std::string refusal(const std::string& bytes) const {
    const auto path = file(bytes);
    const std::string message = message_of<BadInput>([&] { read_idx_images(path); });
    EXPECT_TRUE(contains(message, path.string())) << message;
    return message;
  }

  TempFolder folder_;
  std::string pixels_{"\0\x7f\xff and 21 more bytes...", 24};
  std::string images_ = idx(kImages, {2, 3, 4}, pixels_);
};

TEST_F(Idx, ReadsImages) {
  const IdxFile read = read_idx_images(file(images_));
  EXPECT_EQ(read.data.sizes().vec(), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(read.data.scalar_type(), at::kByte);
  EXPECT_EQ(bytes_of(read.data), pixels_);
  EXPECT_EQ(read.sha256, sha256(images_));
}

TEST_F(Idx, ReadsLabels) {
  const IdxFile read = read_idx_labels(file(idx(kLabels, {3}, std::string("\x03\x01\x09", 3))));
  EXPECT_EQ(read.data.sizes().vec(), std::vector<int64_t>{3});
  EXPECT_EQ(bytes_of(read.data), "\x03\x01\x09");
}

TEST_F(Idx, TellsGzipByContent) {
  const std::string packed = gzip(images_);
  const IdxFile read = read_idx_images(file(packed));
  EXPECT_EQ(bytes_of(read.data), pixels_);
  EXPECT_EQ(read.sha256, sha256(images_)) << "packed or not, they are the same data";
}

TEST_F(Idx, ReadsLargeGzip) {  // several pieces of the inflater's buffer
  std::string data(500 * 28 * 28, '\0');
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>((i * i) >> 3);
  EXPECT_EQ(bytes_of(read_idx_images(file(gzip(idx(kImages, {500, 28, 28}, data)))).data), data);
}

// As `cat one.gz other.gz`, bgzip (whose last member is empty) and writers that pad to whole blocks leave it.
TEST_F(Idx, ReadsGzipOfSeveralMembers) {
  const std::string zeros(512, '\0');
  for (const size_t cut : {size_t{0}, size_t{3}, size_t{16}, size_t{20}, images_.size()}) {
    const std::string one = gzip(images_.substr(0, cut)), other = gzip(images_.substr(cut));
    for (const std::string& packed : {one + other, one + other + zeros, one + zeros + other, one + other + gzip("")}) {
      const IdxFile read = read_idx_images(file(packed));
      EXPECT_EQ(bytes_of(read.data), pixels_) << "cut after " << cut;
      EXPECT_EQ(read.sha256, sha256(images_)) << "cut after " << cut;
    }
  }
}

TEST_F(Idx, DamageInALaterMemberIsRefused) {
  const std::string one = gzip(images_.substr(0, 20)), other = gzip(images_.substr(20));
  for (size_t size = 1; size < other.size(); ++size)
    EXPECT_TRUE(contains(refusal(one + other.substr(0, size)), "truncated")) << size << " of " << other.size();
  std::string changed = one + other;
  changed[changed.size() - 6] = static_cast<char>(changed[changed.size() - 6] ^ 1);  // in the checksum
  EXPECT_TRUE(contains(refusal(changed), "damaged"));
  EXPECT_TRUE(contains(refusal(gzip(images_) + "no gzip"), "damaged"));
  EXPECT_TRUE(contains(refusal(gzip(images_) + gzip("x")), "oversized"));
}

TEST_F(Idx, Missing) {
  const std::string message = message_of<BadInput>([&] { read_idx_images(folder_ / "absent"); });
  EXPECT_TRUE(contains(message, "absent")) << message;
}

TEST_F(Idx, Truncated) {
  for (const size_t size : {size_t{0}, size_t{3}, size_t{4}, size_t{15}, size_t{16}, images_.size() - 1})
    EXPECT_TRUE(contains(refusal(images_.substr(0, size)), "truncated")) << size << " bytes";
}

TEST_F(Idx, TruncatedGzip) {
  const std::string packed = gzip(images_);
  for (size_t size = 2; size < packed.size(); ++size)
    EXPECT_TRUE(contains(refusal(packed.substr(0, size)), "truncated")) << size << " of " << packed.size() << " bytes";
  EXPECT_TRUE(contains(refusal(gzip(images_.substr(0, 20))), "truncated")) << "whole gzip of a truncated file";
}

TEST_F(Idx, DamagedGzip) {
  std::string packed = gzip(images_);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);  // in the checksum
  EXPECT_TRUE(contains(refusal(packed), "damaged"));
}

TEST_F(Idx, Mislabelled) {
  EXPECT_TRUE(contains(refusal(idx(kLabels, {24}, pixels_)), "expected images"));
  EXPECT_TRUE(contains(refusal(idx(kLabels, {24}, pixels_)), "holds labels"));
  EXPECT_TRUE(contains(refusal(gzip(idx(kLabels, {24}, pixels_))), "holds labels"));
  EXPECT_TRUE(contains(refusal("\x89PNG\r\n\x1a\n, or anything"), "no IDX file"));
  const auto path = file(images_);
  const std::string message = message_of<BadInput>([&] { read_idx_labels(path); });
  EXPECT_TRUE(contains(message, "expected labels") && contains(message, "holds images")) << message;
}

TEST_F(Idx, OversizedByWhatFollows) {
  EXPECT_TRUE(contains(refusal(images_ + "x"), "oversized"));
  EXPECT_TRUE(contains(refusal(gzip(images_ + "x")), "oversized"));
}

TEST_F(Idx, OversizedByItsHeader) {
  EXPECT_TRUE(contains(refusal(idx(kImages, {0xffffffff, 28, 28}, pixels_)), "absurd"));
  EXPECT_TRUE(contains(refusal(idx(kImages, {2, 0xffffffff, 4}, pixels_)), "absurd"));
  EXPECT_TRUE(contains(refusal(idx(kImages, {0, 3, 4}, "")), "absurd"));
  EXPECT_TRUE(contains(refusal(idx(kImages, {1 << 20, 4096, 4096}, pixels_)), "oversized"));
  EXPECT_TRUE(contains(refusal(gzip(idx(kImages, {1 << 20, 4096, 4096}, pixels_))), "oversized"));
}

TEST_F(Idx, AHeaderAloneTakesNoMemory) {  // a GiB claimed, a few bytes there
  EXPECT_TRUE(contains(refusal(idx(kImages, {256, 2048, 2048}, pixels_)), "truncated"));
  EXPECT_TRUE(contains(refusal(gzip(idx(kImages, {256, 2048, 2048}, pixels_))), "truncated"));
}

}  // namespace
}  // namespace refract
