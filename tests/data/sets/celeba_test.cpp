#include "refract/data/sets/celeba.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::celeba_files;
using testing_support::celeba_names;
using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

// 30 images, 26 wide and 32 high.
class CelebaFiles : public testing::Test {
 protected:
  CelebaFiles() { celeba_files(folder_.path(), 30); }
  [[nodiscard]] CelebaOptions options() const { return {.size = {16, 16}, .celeba_dir = folder_.path().string()}; }
  [[nodiscard]] std::unique_ptr<DataSource> source() const { return make_celeba(options()); }
  [[nodiscard]] std::string refusal() const {
    return message_of<BadInput>([&] { make_celeba(options()); });
  }
  // The attributes of one image from those that it has.
  static std::vector<int64_t> variables_of(const std::set<std::string>& has) {
    CelebaTable table{{"1.jpg"}, celeba_names(), {}, {}, {}};
    table.values = at::zeros({1, static_cast<int64_t>(table.names.size())}, at::kBool);
    for (size_t k = 0; k < table.names.size(); ++k)
      if (has.contains(table.names[k])) table.values[0][static_cast<int64_t>(k)] = true;
    const Tensor row = celeba_variables(table).values[0].contiguous();
    return {row.data_ptr<int64_t>(), row.data_ptr<int64_t>() + row.numel()};
  }
  // The number of the image of a split's index, which its brightness tells.
  static int64_t number_of(const DataSource& data, Split split, int64_t index) {
    return std::lround(((data.examples(split, {index}).mean().item<double>() + 1) * 127.5 - 20) / 6);
  }
  TempFolder folder_;
};

TEST_F(CelebaFiles, TheTableIsRead) {
  const CelebaTable table = read_celeba(folder_.path());
  ASSERT_EQ(table.files.size(), 30U);
  EXPECT_EQ(table.files[4], "000005.jpg");
  EXPECT_EQ(table.names, celeba_names());
  for (int64_t i = 0; i < 30; ++i)
    for (int64_t k = 0; k < table.values.size(1); ++k)
      ASSERT_EQ(table.values[i][k].item<bool>(), mix(static_cast<uint64_t>(i), static_cast<uint64_t>(k)) % 3 == 0);
  EXPECT_TRUE(table.parts.empty());
  EXPECT_EQ(table.checksums.at("list_attr_celeba.txt"), sha256(read_file(folder_ / "list_attr_celeba.txt")));
}

TEST_F(CelebaFiles, DiscreteVariablesAreDerived) {
  EXPECT_EQ(variables_of({"Blond_Hair", "No_Beard", "Smiling"}), (std::vector<int64_t>{2, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(variables_of({"Gray_Hair", "Male", "Wearing_Hat"}), (std::vector<int64_t>{3, 2, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(variables_of({"Goatee", "Bangs", "Eyeglasses"}), (std::vector<int64_t>{-1, 1, 1, 0, 1, 0, 0, 0}));
  EXPECT_EQ(variables_of({"Black_Hair", "Brown_Hair", "Goatee", "No_Beard", "Receding_Hairline"}),
            (std::vector<int64_t>{-1, -1, 0, 1, 0, 0, 0, 0}));
}

TEST_F(CelebaFiles, ATenthFitsAndATenthScoresWithoutAPartition) {
  const auto data = source();
  EXPECT_EQ(data->count(Split::unlabelled), 24);
  EXPECT_EQ(data->count(Split::fit), 3);
  EXPECT_EQ(data->count(Split::score), 3);
  std::set<int64_t> seen;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score})
    for (int64_t i = 0; i < data->count(split); ++i) seen.insert(number_of(*data, split, i));
  EXPECT_EQ(seen.size(), 30U) << "no image is in two splits";
}

TEST_F(CelebaFiles, ThePartitionIsFollowed) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += fmt::format("{:06}.jpg {}\n", i + 1, i % 3);
  write_file(folder_ / "list_eval_partition.txt", text);
  const auto data = source();
  EXPECT_EQ(data->info().checksums.size(), 3U);
  for (const auto& [split, first] : {std::pair(Split::unlabelled, 0), {Split::fit, 1}, {Split::score, 2}}) {
    ASSERT_EQ(data->count(split), 10);
    EXPECT_EQ(number_of(*data, split, 4), 12 + first);
  }
}

TEST_F(CelebaFiles, FactorsAndAttributesAreThoseOfTheImage) {
  const auto data = source();
  const CelebaTable table = read_celeba(folder_.path());
  EXPECT_EQ(data->info().factors, celeba_names());
  EXPECT_EQ(data->info().factor_sizes, std::vector<int64_t>(celeba_names().size(), 2));
  EXPECT_EQ(data->info().attributes.size(), 8U);
  const int64_t number = number_of(*data, Split::score, 1);
  EXPECT_TRUE(at::equal(data->factors(Split::score, {1})[0], table.values[number].to(at::kFloat)));
  EXPECT_TRUE(at::equal(data->attributes(Split::score, {1})[0], celeba_variables(table).values[number]));
  EXPECT_THROW(static_cast<void>(data->labels(Split::score, {1})), BadInput);
}

TEST_F(CelebaFiles, DamageIsASentenceWithALine) {
  const std::string good = read_file(folder_ / "list_attr_celeba.txt");
  const auto with = [&](const std::string& text) {
    write_file(folder_ / "list_attr_celeba.txt", text);
    return refusal();
  };
  EXPECT_TRUE(contains(with("x\n"), "line 1: expected the number of images"));
  EXPECT_TRUE(contains(with("31" + good.substr(2)), "expected 1 more images"));
  EXPECT_TRUE(contains(with(good.substr(0, good.size() - 8)), "line 32: expected the name of an image and "));
  std::string renamed = good;
  EXPECT_TRUE(contains(with(renamed.replace(renamed.find("Goatee"), 6, "Goatea")), "no attribute Goatee"));
  with(good);
  write_file(folder_ / "list_eval_partition.txt", "000001.jpg 0\n000002.jpg 3\n");
  EXPECT_TRUE(contains(refusal(), "list_eval_partition.txt, line 2: expected 0, 1 or 2")) << refusal();
  std::filesystem::remove(folder_ / "list_eval_partition.txt");
  std::filesystem::remove(folder_ / "list_attr_celeba.txt");
  EXPECT_TRUE(contains(refusal(), "--celeba_dir")) << refusal();
}

// Before the first step, not when its turn comes.
TEST_F(CelebaFiles, AMissingOrBadImageIsNamedAtOnceOrLeftOut) {
  std::filesystem::remove(folder_ / "img_align_celeba/000007.jpg");
  EXPECT_TRUE(contains(refusal(), "missing are 1, the first of them ") && contains(refusal(), "000007.jpg"))
      << refusal();
  EXPECT_TRUE(contains(refusal(), "--skip-bad-images")) << refusal();
  testing_support::write_picture(folder_ / "img_align_celeba/000007.jpg", 26, 32, cv::Scalar::all(20 + 6 * 6));
  testing_support::truncate_file(folder_ / "img_align_celeba/000009.jpg");
  EXPECT_TRUE(contains(refusal(), "000009.jpg") && contains(refusal(), "--skip-bad-images")) << refusal();
  std::filesystem::remove(folder_ / "img_align_celeba/000004.jpg");
  std::string text;
  for (int i = 0; i < 30; ++i) text += fmt::format("{:06}.jpg {}\n", i + 1, i % 3);
  write_file(folder_ / "list_eval_partition.txt", text);
  CelebaOptions skipping = options();
  skipping.skip_bad_images = true;
  const auto data = make_celeba(skipping);
  EXPECT_TRUE(contains(data->info().note, "2 of 30 images")) << data->info().note;
  EXPECT_EQ(data->count(Split::unlabelled), 9) << "without 000004.jpg";
  EXPECT_EQ(data->count(Split::fit), 10);
  EXPECT_EQ(data->count(Split::score), 9) << "without 000009.jpg";
  EXPECT_EQ(number_of(*data, Split::unlabelled, 0), 0);
  EXPECT_EQ(number_of(*data, Split::unlabelled, 1), 6) << "the others keep their numbers";
  EXPECT_TRUE(
      at::equal(data->factors(Split::unlabelled, {1})[0], read_celeba(folder_.path()).values[6].to(at::kFloat)));
}

TEST_F(CelebaFiles, TheImagesStandInTheManifest) {
  const auto sum = [&] {
    const auto checksums = source()->info().checksums;
    const auto found = checksums.find("img_align_celeba (30 files)");
    return found == checksums.end() ? "" : found->second;
  };
  const std::string before = sum();
  EXPECT_EQ(before.size(), 64U);
  testing_support::write_picture(folder_ / "img_align_celeba/000007.jpg", 26, 32, cv::Scalar::all(200));
  EXPECT_NE(sum(), before);
}

TEST_F(CelebaFiles, ReadingThemTellsHowFarItIs) {
  int64_t told = 0;
  make_celeba(options(), [&](const Progress& progress) {
    EXPECT_EQ(progress.done, ++told);
    EXPECT_EQ(progress.total, 30);
  });
  EXPECT_EQ(told, 30);
}

}  // namespace
}  // namespace refract
