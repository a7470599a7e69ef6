#include "refract/data/sets/coil20.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/paired_sets.h"

namespace refract {
namespace {

using testing_support::coil20_files;
using testing_support::contains;
using testing_support::idx;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::write_bytes;

TEST(Coil20Names, TellObjectAndPose) {
  const auto name = coil20_name("obj12__71.png");
  ASSERT_TRUE(name.has_value());
  if (!name) return;
  EXPECT_EQ(name->object, 12);
  EXPECT_EQ(name->pose, 71);
  for (const char* other : {"obj1_0.png", "obj1__0.jpg", "object1__0.png", ""})
    EXPECT_FALSE(coil20_name(other).has_value()) << other;
  for (const char* other : {"obj1__355.png", "obj21__0.png", "obj0__0.png"})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { static_cast<void>(coil20_name(other)); }), "COIL-100")) << other;
}

// Objects 1, 2 and 12 in poses 0 to 11.
class Coil20Folder : public testing::Test {
 protected:
  Coil20Folder() { coil20_files(folder_ / "coil-20-proc"); }
  [[nodiscard]] Coil20Options options(int64_t size = 32) const {
    Coil20Options given;
    given.size = size;
    given.coil20_dir = folder_.path().string();
    return given;
  }
  [[nodiscard]] std::string refusal(const Coil20Options& given) const {
    return message_of<BadInput>([&] { make_coil20(given); });
  }
  TempFolder folder_;
};

TEST_F(Coil20Folder, EveryThirdPoseIsHeldOut) {
  const auto data = make_coil20(options());
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"obj1", "obj2", "obj12"}));
  EXPECT_EQ(data->info().attributes.at(0).name, "object");
  const std::map<Split, std::set<int64_t>> poses = {
      {Split::unlabelled, {0, 1, 3, 4, 6, 7, 9, 10}}, {Split::fit, {2, 8}}, {Split::score, {5, 11}}};
  for (const auto& [split, expected] : poses) {
    std::map<int64_t, std::set<int64_t>> found;
    for (int64_t i = 0; i < data->count(split); ++i) {
      const auto gray = (data->examples(split, {i}).mean().item<double>() + 1) * 127.5;
      const auto angle = data->factors(split, {i})[0][0].item<double>() * 360;
      EXPECT_NEAR(angle, 5 * gray / 20, 1e-3);
      found[data->labels(split, {i})[0].item<int64_t>()].insert(std::lround(gray / 20));
    }
    EXPECT_EQ(found.size(), 3U);
    for (const auto& [object, its] : found) EXPECT_EQ(its, expected) << object << " " << name_of(split);
  }
  EXPECT_EQ(make_coil20(options(16))->examples(Split::fit, {0}).sizes().vec(), (std::vector<int64_t>{1, 1, 16, 16}));
}

TEST_F(Coil20Folder, AnIdxFileIsTheSame) {
  const TempFolder packed;
  std::string pixels, rows = "index,object,pose,angle_deg\n";
  for (const int object : {1, 12, 2})  // in order of the files' names up to the poses
    for (const int pose : {0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9}) {
      pixels += std::string(32 * 32, static_cast<char>(20 * pose));
      rows += fmt::format("0,{},{},{}\n", object - 1, pose, 5 * pose);
    }
  write_bytes(packed / "images.idx", idx(0x803, {36, 32, 32}, pixels));
  write_bytes(packed / "labels.csv", rows);
  Coil20Options given = options();
  given.coil20_dir = packed.path().string();
  const auto files = make_coil20(options()), data = make_coil20(given);
  for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
    ASSERT_EQ(data->count(split), files->count(split));
    for (int64_t i = 0; i < data->count(split); ++i) {
      const auto same = [&](int64_t j) {
        return data->labels(split, {i}).equal(files->labels(split, {j})) &&
               data->factors(split, {i}).equal(files->factors(split, {j})) &&
               data->examples(split, {i}).equal(files->examples(split, {j}));
      };
      const Indices all = all_indices(files->count(split));
      EXPECT_EQ(std::count_if(all.begin(), all.end(), same), 1) << i;
    }
  }
  write_bytes(packed / "labels.csv", "object,pose\n20,0\n");
  EXPECT_TRUE(contains(refusal(given), "line 2: expected an object from 0 to 19")) << refusal(given);
}

TEST_F(Coil20Folder, BadFilesAreRefusedOrLeftOut) {
  write_bytes(folder_ / "coil-20-proc/obj2__3.png", "bad");
  write_bytes(folder_ / "coil-20-proc/readme.png", "bad");
  EXPECT_TRUE(contains(refusal(options()), "obj2__3.png") && contains(refusal(options()), "--skip-bad-images"));
  Coil20Options given = options();
  given.skip_bad_images = true;
  const auto data = make_coil20(given);
  EXPECT_EQ(data->count(Split::unlabelled), 23);
  EXPECT_EQ(data->info().note, "1 of 36 images of COIL-20 are bad and were left out.");
  given.coil20_dir = (folder_ / "elsewhere").string();
  EXPECT_TRUE(contains(refusal(given), "elsewhere") && contains(refusal(given), "--coil20_dir")) << refusal(given);
}

// Nobody would notice the pictures that are missing.
TEST_F(Coil20Folder, FoldersThatCannotBeLookedIntoAreNamedOrCounted) {
  std::filesystem::create_symlink("more", folder_ / "more");  // to itself
  EXPECT_TRUE(contains(refusal(options()), "/more: ") && contains(refusal(options()), "symbolic links"))
      << refusal(options());
  Coil20Options given = options();
  given.skip_bad_images = true;
  EXPECT_EQ(make_coil20(given)->info().note, "1 of 37 images of COIL-20 are bad and were left out.");
  std::filesystem::remove(folder_ / "more");
  std::filesystem::rename(folder_ / "coil-20-proc", folder_ / "elsewhere");
  std::filesystem::create_directory(folder_ / "set");
  std::filesystem::create_directory_symlink(folder_ / "elsewhere", folder_ / "set/linked");
  given.coil20_dir = (folder_ / "set").string();
  EXPECT_EQ(make_coil20(given)->count(Split::unlabelled), 24);
}

TEST(RealCoil20, HasTwentyObjects) {
  if (std::getenv("COIL20_DIR") == nullptr) GTEST_SKIP() << "COIL20_DIR is not set";
  const auto data = make_coil20({});
  EXPECT_EQ(data->info().classes.size(), 20U);
  EXPECT_EQ(data->count(Split::unlabelled), 960);
  EXPECT_EQ(data->count(Split::fit), 240);
  EXPECT_EQ(data->count(Split::score), 240);
}

}  // namespace
}  // namespace refract
