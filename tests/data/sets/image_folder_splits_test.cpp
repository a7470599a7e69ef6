// Which images of folders are of which class, and which are held out.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/data/image_folders.h"

namespace refract {
namespace {

using testing_support::contains;

class SplitFolders : public testing_support::ImageFolderFiles {};

TEST_F(SplitFolders, SubFoldersAreClasses) {
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

TEST_F(SplitFolders, WhatIsHeldOutFollowsTheSeed) {
  paint("unlabelled/a", 50, 0);
  paint("unlabelled/b", 50, 100);
  ImageFolderOptions given = options();
  given.reference = "";
  const std::vector<int> one = values(*make_image_folder(given), Split::fit);
  EXPECT_EQ(values(*make_image_folder(given), Split::fit), one);
  given.data_seed = 2;
  EXPECT_NE(values(*make_image_folder(given), Split::fit), one);
}

TEST_F(SplitFolders, SmallClassesOnlyTrain) {
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

TEST_F(SplitFolders, FiveSmallClassesAreNamed) {
  for (const char* name : {"a", "b"}) paint(fmt::format("unlabelled/{}", name), 10);
  for (const char* name : {"c", "d", "e", "f", "g", "h", "i"}) paint(fmt::format("unlabelled/{}", name), 1);
  ImageFolderOptions given = options();
  given.reference = "";
  const std::string note = make_image_folder(given)->info().note;
  EXPECT_TRUE(contains(note, "7 of 9 classes have fewer than 10 images")) << note;
  EXPECT_TRUE(contains(note, "'c', 'd', 'e', 'f', 'g' and 2 more.")) << note;
}

TEST_F(SplitFolders, NothingIsHeldOutOfOneClass) {
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

TEST_F(SplitFolders, WithImagesBesideThemSubFoldersAreNoClasses) {
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

TEST_F(SplitFolders, SubFoldersNeedNotBeClasses) {
  paint("unlabelled/a", 12);
  paint("unlabelled/b", 12, 100);
  ImageFolderOptions given = options();
  given.reference = "";
  given.class_folders = false;
  const auto data = make_image_folder(given);
  EXPECT_TRUE(data->info().classes.empty());
  EXPECT_EQ(data->count(Split::unlabelled), 24);
  EXPECT_EQ(data->count(Split::fit) + data->count(Split::score), 0);
  EXPECT_TRUE(contains(data->info().note, "With --class-folders=false")) << data->info().note;
}

TEST_F(SplitFolders, ReferencesAreHeldOutWhereAsked) {
  paint("unlabelled/a", 12);
  paint("unlabelled/b", 12, 50);
  paint("reference", 30, 100);
  ImageFolderOptions given = options();
  const auto before = make_image_folder(given);
  EXPECT_EQ(before->count(Split::reference), 30);
  EXPECT_EQ(before->count(Split::reference_fit) + before->count(Split::reference_score), 0);
  given.hold_out_references = 0.3;
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->count(Split::reference), 22);
  EXPECT_EQ(data->count(Split::reference_fit), 4);
  EXPECT_EQ(data->count(Split::reference_score), 4);
  std::vector<int> all;
  for (const Split split : {Split::reference, Split::reference_fit, Split::reference_score}) {
    const std::vector<int> found = values(*data, split);
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end())) << name_of(split);
    all.insert(all.end(), found.begin(), found.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, values(*before, Split::reference)) << "each image in one part";
  EXPECT_EQ(values(*make_image_folder(given), Split::reference_score), values(*data, Split::reference_score));
  for (const Split split : {Split::unlabelled, Split::fit, Split::score})
    EXPECT_EQ(values(*data, split), values(*before, split)) << name_of(split) << " stays as it was";
  given.data_seed = 2;
  EXPECT_NE(values(*make_image_folder(given), Split::reference_score), values(*data, Split::reference_score));
}

TEST_F(SplitFolders, SaysThatTooFewReferencesLeaveNoneHeldOut) {
  paint("unlabelled", 3);
  paint("reference", 4, 100);
  ImageFolderOptions given = options();
  given.hold_out_references = 0.2;
  const auto data = make_image_folder(given);
  EXPECT_EQ(data->count(Split::reference), 4);
  EXPECT_TRUE(contains(data->info().note, "No reference images are held out: half of 0.2 of 4 images is less"))
      << data->info().note;
}

}  // namespace
}  // namespace refract
