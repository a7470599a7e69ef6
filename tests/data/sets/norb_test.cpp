#include "refract/data/sets/norb.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/core/errors.h"
#include "refract/data/labelled.h"
#include "refract/data/sets/norb_matrix.h"
#include "tests/data/paired_sets.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::gzip;
using testing_support::message_of;
using testing_support::norb_files;
using testing_support::norb_matrix;
using testing_support::norb_numbers;
using testing_support::TempFolder;
using testing_support::write_bytes;

constexpr const char* kTraining = "smallnorb-5x46789x9x18x6x2x96x96-training";

class NorbMatrices : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal(const std::string& bytes, bool numbers = false) const {
    write_bytes(folder_ / "m.mat", bytes);
    return message_of<BadInput>(
        [&] { numbers ? read_norb_numbers(folder_ / "m.mat") : read_norb_bytes(folder_ / "m.mat"); });
  }
  TempFolder folder_;
};

TEST_F(NorbMatrices, AreReadPlainAndPacked) {
  const std::string bytes = norb_matrix(0x1E3D4C55, {2, 3}, "abcdef"),
                    numbers = norb_numbers({3}, {7, 0xFFFFFFFF, 65536});
  EXPECT_EQ(bytes.size(), 8U + 3 * 4 + 6) << "three lengths are stored";
  for (const bool packed : {false, true}) {
    write_bytes(folder_ / "b", packed ? gzip(bytes) : bytes);
    write_bytes(folder_ / "n", packed ? gzip(numbers) : numbers);
    const NorbMatrix read = read_norb_bytes(folder_ / "b");
    EXPECT_EQ(read.data.sizes().vec(), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(read.data[1][0].item<int64_t>(), 'd');
    EXPECT_EQ(read.sha256, sha256(bytes)) << "of the content";
    EXPECT_TRUE(at::equal(read_norb_numbers(folder_ / "n").data, at::tensor({7, -1, 65536}, at::kLong)));
  }
  write_bytes(folder_ / "four", norb_matrix(0x1E3D4C55, {1, 2, 1, 2}, "abcd"));
  EXPECT_EQ(read_norb_bytes(folder_ / "four").data.dim(), 4);
}

TEST_F(NorbMatrices, DamageIsASentence) {
  const std::string good = norb_matrix(0x1E3D4C55, {2, 3}, "abcdef");
  EXPECT_TRUE(contains(refusal(good.substr(0, 25)), "it is truncated")) << refusal(good.substr(0, 25));
  EXPECT_TRUE(contains(refusal(good.substr(0, 5)), "it is truncated"));
  EXPECT_TRUE(contains(refusal(fmt::format("{}x", good)), "more data follows"));
  EXPECT_TRUE(contains(refusal(good, true), "a matrix of whole numbers (magic number 0x1e3d4c54)"))
      << refusal(good, true);
  EXPECT_TRUE(contains(refusal(norb_matrix(0x1E3D4C55, {1U << 30, 1U << 30}, "")), "absurd length"));
  EXPECT_TRUE(contains(refusal(norb_matrix(0x1E3D4C55, {0, 3}, "")), "absurd length of 0"));
  const std::string packed = gzip(good);
  EXPECT_TRUE(contains(refusal(packed.substr(0, packed.size() - 12)), "m.mat"));
  EXPECT_TRUE(contains(refusal(packed.substr(0, packed.size() - 4)), "gzip stream is damaged"));
}

// 20 records of 12x12 a part.
class NorbFiles : public testing::Test {
 protected:
  NorbFiles() { norb_files(folder_.path(), 20); }
  [[nodiscard]] NorbOptions options(const std::string& camera = "left") const {
    return {.size = 12, .camera = camera, .data_seed = 1, .fit_images = 6, .norb_dir = folder_.path().string()};
  }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { make_norb(options()); });
  }
  TempFolder folder_;
};

TEST_F(NorbFiles, OtherToysScore) {
  const auto data = make_norb(options());
  EXPECT_EQ(data->count(Split::unlabelled), 14);
  EXPECT_EQ(data->count(Split::fit), 6);
  EXPECT_EQ(data->count(Split::score), 20);
  const std::vector<Attribute>& attributes = data->info().attributes;
  ASSERT_EQ(attributes.size(), 2U);
  EXPECT_EQ(attributes[0].values.size(), 50U);
  EXPECT_EQ(descriptive_columns(data->info()), std::vector<int64_t>{1});
  EXPECT_EQ(data->info().classes.at(3), "truck");
  const Tensor row = data->attributes(Split::score, {8})[0];
  EXPECT_EQ(attributes[0].values.at(static_cast<size_t>(row[0].item<int64_t>())), "truck 1");
  EXPECT_EQ(row[1].item<int64_t>(), 3);
  EXPECT_EQ(data->labels(Split::score, {8})[0].item<int64_t>(), 3);
  const Tensor training = data->attributes(Split::unlabelled, all_indices(14)).select(1, 0).remainder(10);
  EXPECT_TRUE((training == 4).all().item<bool>());
  EXPECT_TRUE(at::allclose(data->factors(Split::score, {19, 17}),
                           at::tensor({1.F / 8, 1.F / 17, 1.F / 5, 1.F, 1.F, 1.F}).view({2, 3})));
}

TEST_F(NorbFiles, ACameraOrBothAreTaken) {
  const auto left = make_norb(options()), right = make_norb(options("right")), both = make_norb(options("both"));
  const Tensor pixels =
      read_norb_bytes(folder_ / "smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat").data.to(at::kFloat) / 127.5 - 1;
  EXPECT_TRUE(at::allclose(left->examples(Split::score, {3})[0][0], pixels[3][0], 0, 1e-5));
  EXPECT_TRUE(at::allclose(right->examples(Split::score, {3})[0][0], pixels[3][1], 0, 1e-5));
  EXPECT_EQ(both->count(Split::unlabelled), 28);
  EXPECT_EQ(both->count(Split::fit), 12);
  EXPECT_EQ(both->count(Split::score), 40);
  EXPECT_TRUE(at::allclose(both->examples(Split::score, {7})[0][0], pixels[3][1], 0, 1e-5));
  EXPECT_EQ(both->info().factors.back(), "camera");
  const Tensor factors = both->factors(Split::fit, all_indices(12)).view({6, 2, 4});
  EXPECT_TRUE(at::equal(factors.select(1, 0).slice(1, 0, 3), factors.select(1, 1).slice(1, 0, 3)))
      << "both images of a record are in one part";
  EXPECT_TRUE((factors.select(1, 0).select(1, 3) == 0).all().item<bool>());
  EXPECT_TRUE((factors.select(1, 1).select(1, 3) == 1).all().item<bool>());
  EXPECT_TRUE(at::equal(both->labels(Split::score, {6, 7}), left->labels(Split::score, {3, 3})));
}

TEST_F(NorbFiles, ThoseThatFitAreDrawnByTheSeed) {
  NorbOptions given = options();
  const auto pixels = [&] { return make_norb(given)->examples(Split::fit, all_indices(6)); };
  const Tensor before = pixels();
  EXPECT_TRUE(at::equal(before, pixels()));
  given.data_seed = 2;
  EXPECT_FALSE(at::equal(before, pixels()));
  given.fit_images = 20;
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_norb(given); }), "Lower fit_images"));
}

TEST_F(NorbFiles, PackedFilesAreTheSame) {
  const auto plain = make_norb(options());
  for (const char* kind : {"dat", "cat", "info"}) {
    const auto file = folder_ / fmt::format("{}-{}.mat", kTraining, kind);
    write_bytes(file.string() + ".gz", gzip(read_file(file)));
    std::filesystem::remove(file);
  }
  const auto packed = make_norb(options());
  EXPECT_EQ(packed->info().checksums, plain->info().checksums);
  EXPECT_EQ(packed->info().checksums.size(), 6U);
  EXPECT_TRUE(at::equal(packed->examples(Split::unlabelled, {0, 9}), plain->examples(Split::unlabelled, {0, 9})));
}

TEST_F(NorbFiles, WhatDoesNotFitTogetherIsASentence) {
  const auto file = [&](const std::string& kind) { return folder_ / fmt::format("{}-{}.mat", kTraining, kind); };
  write_bytes(file("info"), norb_numbers({20, 3}, std::vector<uint32_t>(60)));
  EXPECT_TRUE(contains(refusal(), "expected [20, 4]") && contains(refusal(), "found a matrix of [20, 3]")) << refusal();
  write_bytes(file("cat"), norb_numbers({20}, std::vector<uint32_t>(20, 5)));
  EXPECT_TRUE(contains(refusal(), "numbers from 0 to 4 in column 1, found 5 to 5")) << refusal();
  write_bytes(file("dat"), norb_matrix(0x1E3D4C55, {20, 1, 12, 12}, std::string(20 * 12 * 12, 'x')));
  EXPECT_TRUE(contains(refusal(), "pairs of square images")) << refusal();
  std::filesystem::remove(file("dat"));
  EXPECT_TRUE(contains(refusal(), "-training-dat.mat (or .mat.gz)") && contains(refusal(), "--norb_dir")) << refusal();
}

}  // namespace
}  // namespace refract
