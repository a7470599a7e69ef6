#include "refract/data/sets/image_folder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/image_store.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::truncate_file;
using testing_support::write_picture;

class ImageFolders : public testing::Test {
 protected:
  // Gray pictures, each of a brightness of its own so that it can be told.
  void paint(const std::string& folder, int count, int first_value = 0) const {
    for (int i = 0; i < count; ++i)
      write_picture(folder_ / fmt::format("{}/{:03}.png", folder, i), 12, 9, cv::Scalar(first_value + i), CV_8UC1);
  }
  [[nodiscard]] ImageFolderOptions options() const {
    return {
        .reference = (folder_ / "reference").string(), .unlabelled = (folder_ / "unlabelled").string(), .size = {8, 8}};
  }
  [[nodiscard]] static std::vector<int> values(const DataSource& data, Split split) {
    std::vector<int> found;
    for (int64_t i = 0; i < data.count(split); ++i)
      found.push_back(static_cast<int>(std::lround((data.examples(split, {i})[0][0][0][0].item<float>() + 1) * 127.5)));
    return found;
  }
  TempFolder folder_;
};

TEST_F(ImageFolders, ShowTheirImagesInOrder) {
  paint("unlabelled", 5, 10);
  paint("reference", 3, 100);
  const auto data = make_image_folder(options());
  EXPECT_EQ(values(*data, Split::unlabelled), (std::vector<int>{10, 11, 12, 13, 14}));
  EXPECT_EQ(values(*data, Split::reference), (std::vector<int>{100, 101, 102}));
  EXPECT_EQ(data->count(Split::fit) + data->count(Split::score), 0);
  EXPECT_EQ(data->examples(Split::unlabelled, {4, 0}).sizes().vec(), (std::vector<int64_t>{2, 3, 8, 8}));
  EXPECT_TRUE(contains(data->info().note, "no sub-folders")) << data->info().note;
  EXPECT_EQ(data->info().checksums.size(), 2U);
  EXPECT_THROW(static_cast<void>(data->examples(Split::unlabelled, {5})), BadInput);
  EXPECT_THROW(static_cast<void>(data->labels(Split::unlabelled, {0})), BadInput);
}

TEST_F(ImageFolders, NeedNoReference) {
  paint("unlabelled", 3);
  ImageFolderOptions given = options();
  given.reference = "";
  given.channels = 1;
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->count(Split::reference), 0);
  EXPECT_EQ(data->examples(Split::unlabelled, {0}).sizes().vec(), (std::vector<int64_t>{1, 1, 8, 8}));
}

TEST_F(ImageFolders, MayBeWiderThanHigh) {
  paint("unlabelled", 2, 40);
  paint("reference", 2, 90);
  ImageFolderOptions given = options();
  given.size = {24, 10};
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->info().space, Space::picture(3, 10, 24));
  EXPECT_EQ(data->examples(Split::reference, {1, 0}).sizes().vec(), (std::vector<int64_t>{2, 3, 10, 24}));
  EXPECT_EQ(values(*data, Split::reference), (std::vector<int>{90, 91}));
}

TEST_F(ImageFolders, ArePaddedWhereAsked) {
  paint("unlabelled", 1, 40);
  ImageFolderOptions given = options();
  given.reference = "";
  given.fit = "pad";
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->info().space.fit, Fit::pad);
  EXPECT_EQ(values(*data, Split::unlabelled), std::vector<int>{0}) << "12 x 9 pixels have black above";
}

TEST_F(ImageFolders, SubFoldersAreClasses) {
  paint("unlabelled/cats", 20, 0);
  paint("unlabelled/dogs/small", 30, 100);
  paint("reference", 2);
  const auto data = make_image_folder(options());
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"cats", "dogs"}));
  EXPECT_EQ(data->count(Split::unlabelled), 40);
  EXPECT_EQ(data->count(Split::fit), 5);
  EXPECT_EQ(data->count(Split::score), 5);
  std::multiset<int> all;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
    const std::vector<int> found = values(*data, split);
    all.insert(found.begin(), found.end());
    for (size_t i = 0; i < found.size(); ++i)
      EXPECT_EQ(data->labels(split, {static_cast<int64_t>(i)}).item<int64_t>(), found[i] >= 100 ? 1 : 0);
  }
  EXPECT_EQ(all.size(), 50U);
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), 50U) << "no image is in two splits";
}

TEST_F(ImageFolders, WhatIsHeldOutFollowsTheSeed) {
  paint("unlabelled/a", 50, 0);
  paint("unlabelled/b", 50, 100);
  ImageFolderOptions given = options();
  given.reference = "";
  const std::vector<int> one = values(*make_image_folder(given), Split::fit);
  EXPECT_EQ(values(*make_image_folder(given), Split::fit), one);
  given.data_seed = 2;
  EXPECT_NE(values(*make_image_folder(given), Split::fit), one);
}

TEST_F(ImageFolders, SmallClassesOnlyTrain) {
  paint("unlabelled/a", 10);
  paint("unlabelled/b", 9, 20);
  paint("unlabelled/c", 23, 40);
  ImageFolderOptions given = options();
  given.reference = "";
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(data->count(Split::unlabelled), 8 + 9 + 19);
  EXPECT_EQ(data->count(Split::fit), 3);
  EXPECT_EQ(data->count(Split::score), 3);
  EXPECT_EQ(data->labels(Split::unlabelled, {8, 16}).sum().item<int64_t>(), 2) << "images of b";
  EXPECT_TRUE(contains(data->info().note, "1 of 3 classes has fewer than 10 images") &&
              contains(data->info().note, ": 'b'."))
      << data->info().note;
}

TEST_F(ImageFolders, FiveSmallClassesAreNamed) {
  for (const char* name : {"a", "b"}) paint(fmt::format("unlabelled/{}", name), 10);
  for (const char* name : {"c", "d", "e", "f", "g", "h", "i"}) paint(fmt::format("unlabelled/{}", name), 1);
  ImageFolderOptions given = options();
  given.reference = "";
  const std::string note = make_image_folder(given)->info().note;
  EXPECT_TRUE(contains(note, "7 of 9 classes have fewer than 10 images")) << note;
  EXPECT_TRUE(contains(note, "'c', 'd', 'e', 'f', 'g' and 2 more.")) << note;
}

TEST_F(ImageFolders, NothingIsHeldOutOfOneClass) {
  paint("unlabelled/a", 30);
  paint("unlabelled/b", 9, 100);
  ImageFolderOptions given = options();
  given.reference = "";
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->count(Split::unlabelled), 39);
  EXPECT_EQ(data->info().classes.size(), 2U);
  EXPECT_EQ(data->labels(Split::unlabelled, {29, 30, 38}).sum().item<int64_t>(), 2);
  EXPECT_TRUE(contains(data->info().note, "fewer than two have 10 images, so no images are held out"))
      << data->info().note;
}

TEST_F(ImageFolders, WithImagesBesideThemSubFoldersAreNoClasses) {
  paint("unlabelled/a", 10);
  paint("unlabelled/b", 10);
  paint("unlabelled", 1);
  ImageFolderOptions given = options();
  given.reference = "";
  const auto data = make_image_folder(given);
  EXPECT_TRUE(data->info().classes.empty());
  EXPECT_EQ(data->count(Split::unlabelled), 21);
  EXPECT_TRUE(contains(data->info().note, "beside its sub-folders")) << data->info().note;
}

TEST_F(ImageFolders, ABadImageIsNamedOrCounted) {
  paint("unlabelled", 5, 10);
  paint("reference", 3);
  truncate_file(folder_ / "unlabelled/002.png");
  write_file(folder_ / "reference/000.png", "bad");
  const std::string message = message_of<BadInput>([&] { make_image_folder(options()); });
  EXPECT_TRUE(contains(message, "unlabelled/002.png") && contains(message, "--skip-bad-images")) << message;
  ImageFolderOptions given = options();
  given.skip_bad_images = true;
  const auto data = make_image_folder(given);
  EXPECT_EQ(values(*data, Split::unlabelled), (std::vector<int>{10, 11, 13, 14}));
  EXPECT_EQ(data->count(Split::reference), 2);
  EXPECT_TRUE(contains(data->info().note, "1 bad file among the unlabelled")) << data->info().note;
  EXPECT_TRUE(contains(data->info().note, "1 bad file among the reference")) << data->info().note;
}

TEST_F(ImageFolders, ALinkToItselfIsNamedOrCounted) {
  paint("unlabelled", 3);
  std::filesystem::create_symlink("loop", folder_ / "unlabelled/loop");
  ImageFolderOptions given = options();
  given.reference = "";
  const std::string message = message_of<BadInput>([&] { make_image_folder(given); });
  EXPECT_TRUE(contains(message, (folder_ / "unlabelled/loop").string())) << message;
  given.skip_bad_images = true;
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->count(Split::unlabelled), 3);
  EXPECT_TRUE(contains(data->info().note, "1 bad file among the unlabelled")) << data->info().note;
}

TEST_F(ImageFolders, FoldersOfBadImagesAreRefused) {
  std::filesystem::create_directories(folder_ / "unlabelled");
  write_file(folder_ / "unlabelled/a.png", "bad");
  ImageFolderOptions given = options();
  given.reference = "";
  given.skip_bad_images = true;
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_image_folder(given); }), "none of the 1 files is good"));
}

TEST_F(ImageFolders, MissingAndEmptyOnesAreRefused) {
  const std::string missing = message_of<BadInput>([&] { make_image_folder(options()); });
  EXPECT_TRUE(contains(missing, (folder_ / "unlabelled").string())) << missing;
  paint("unlabelled", 1);
  std::filesystem::create_directories(folder_ / "reference");
  const std::string empty = message_of<BadInput>([&] { make_image_folder(options()); });
  EXPECT_TRUE(contains(empty, (folder_ / "reference").string()) && contains(empty, "png, jpg")) << empty;
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_image_folder({}); }), "--unlabelled DIR"));
}

TEST_F(ImageFolders, OneOrThreeChannels) {
  paint("unlabelled", 1);
  ImageFolderOptions given = options();
  given.channels = 2;
  EXPECT_TRUE(contains(message_of<BadInput>([&] { make_image_folder(given); }), "channels"));
}

TEST_F(ImageFolders, LargeSetsAreDecodedWhenAskedFor) {
  paint("set", 6, 30);
  write_file(folder_ / "set/003.png", "bad");
  const Space shape = Space::square(3, 8);
  const ImageStore kept(folder_ / "set", shape, true), read_again(folder_ / "set", shape, true, 6 * 3 * 64 - 1);
  EXPECT_TRUE(kept.in_memory());
  EXPECT_FALSE(read_again.in_memory());
  EXPECT_EQ(kept.checksum(), read_again.checksum());
  ASSERT_EQ(read_again.files().size(), 5U);
  for (int64_t i = 0; i < 5; ++i) {
    Tensor one = at::empty({3, 8, 8}), other = at::empty({3, 8, 8});
    kept.copy(i, one.data_ptr<float>());
    read_again.copy(i, other.data_ptr<float>());
    EXPECT_TRUE(at::equal(one, other)) << i;
  }
}

TEST_F(ImageFolders, TheChecksumFollowsContentAndNames) {
  paint("one", 3);
  paint("two", 3);
  const auto checksum = [&](const std::string& name) {
    return ImageStore(folder_ / name, Space::square(3, 8), false).checksum();
  };
  EXPECT_EQ(checksum("one"), checksum("two"));
  std::filesystem::rename(folder_ / "two/000.png", folder_ / "two/x.png");
  EXPECT_NE(checksum("one"), checksum("two"));
}

}  // namespace
}  // namespace refract
