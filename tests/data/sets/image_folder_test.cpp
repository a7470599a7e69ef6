#include "refract/data/sets/image_folder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/data/files/image_store.h"
#include "tests/data/image_folders.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::truncate_file;
using testing_support::write_picture;

class ImageFolders : public testing_support::ImageFolderFiles {};

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
