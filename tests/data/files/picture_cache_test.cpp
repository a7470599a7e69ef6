#include "refract/data/files/picture_cache.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/cache_folder.h"
#include "refract/data/files/image_store.h"
#include "tests/data/support.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::FullDisk;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::write_picture;

// A variable of the environment while this stands.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class PictureCaches : public testing::Test {
 protected:
  PictureCaches() : named_("REFRACT_CACHE", (folder_ / "caches").string()) {
    for (int i = 0; i < 5; ++i) paint(i, 10 * i);
  }
  [[nodiscard]] fs::path file(int i) const { return folder_ / fmt::format("set/{}.png", i); }
  void paint(int i, int brightness) const { write_picture(file(i), 12, 9, cv::Scalar(brightness), CV_8UC1); }

  // Other content of the same size and time, as no program changes a file: whoever reads it again sees it.
  void swap_unnoticed(int i, int brightness) const {
    const auto changed = fs::last_write_time(file(i));
    const auto size = fs::file_size(file(i));
    paint(i, brightness);
    ASSERT_EQ(fs::file_size(file(i)), size);
    fs::last_write_time(file(i), changed);
  }
  ImageStore store(ImageStore::How how = {}) const {
    return {list_images(folder_ / "set"), folder_ / "set", space_, how};
  }
  [[nodiscard]] std::vector<int> values(const ImageStore& images) const {
    std::vector<int> found;
    std::vector<float> pixels(static_cast<size_t>(space_.numel()));
    for (int64_t i = 0; i < std::ssize(images.files()); ++i) {
      images.copy(i, pixels.data());
      found.push_back(static_cast<int>(std::lround((pixels[7] + 1) * 127.5F)));
    }
    return found;
  }
  [[nodiscard]] Paths caches() const {
    Paths found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ / "caches", error)) found.push_back(entry.path());
    return found;
  }
  [[nodiscard]] fs::path cache() const {
    EXPECT_EQ(caches().size(), 1U);
    return caches().at(0);
  }
  const Space space_ = Space::picture(3, 8, 10);
  const std::vector<int> painted_ = {0, 10, 20, 30, 40};
  TempFolder folder_;
  Variable named_;
};

TEST_F(PictureCaches, TheSecondStartReadsNoFile) {
  const ImageStore first = store();
  EXPECT_EQ(values(first), painted_);
  EXPECT_EQ(first.note(), "");
  swap_unnoticed(2, 99);
  const ImageStore second = store();
  EXPECT_EQ(values(second), painted_);
  EXPECT_EQ(second.checksums(), first.checksums());
  EXPECT_EQ(second.checksum(), first.checksum());
  EXPECT_TRUE(at::equal(second.bytes(), first.bytes()));
  EXPECT_EQ(caches().size(), 1U);
  EXPECT_EQ(values(store({.cache = false})).at(2), 99) << "without the cache";
}

TEST_F(PictureCaches, ChecksumsAreThoseOfTheFiles) {
  store();
  const ImageStore second = store();
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(second.checksums()[i], sha256(read_file(second.files()[i])));
  EXPECT_EQ(second.checksum(), store({.cache = false}).checksum());
}

TEST_F(PictureCaches, AChangedFileIsReadAgainAndOthersAreNot) {
  const std::string before = store().checksum();
  swap_unnoticed(1, 99);
  paint(3, 77);
  fs::last_write_time(file(3), fs::last_write_time(file(1)) + std::chrono::seconds(5));
  const ImageStore second = store();
  EXPECT_EQ(values(second), (std::vector<int>{0, 10, 20, 77, 40}));
  EXPECT_NE(second.checksum(), before);
  EXPECT_EQ(second.checksums()[3], sha256(read_file(file(3))));
  EXPECT_EQ(values(store()), values(second)) << "and the new cache has it";
}

TEST_F(PictureCaches, FilesMayComeAndGo) {
  store();
  swap_unnoticed(1, 99);
  fs::remove(file(0));
  paint(7, 70);
  EXPECT_EQ(values(store()), (std::vector<int>{10, 20, 30, 40, 70}));
  EXPECT_EQ(values(store()), (std::vector<int>{10, 20, 30, 40, 70}));
  EXPECT_EQ(caches().size(), 1U);
}

TEST_F(PictureCaches, EachSpaceAndFolderHasItsOwn) {
  Space padded = space_;
  padded.fit = Fit::pad;
  std::set<fs::path> files;
  for (const Space& space : {space_, padded, Space::picture(1, 8, 10), Space::picture(3, 10, 8)})
    files.insert(picture_cache_file(folder_ / "set", space));
  files.insert(picture_cache_file(folder_ / "other", space_));
  EXPECT_EQ(files.size(), 5U);
  EXPECT_EQ(picture_cache_file(folder_ / "set/", space_), picture_cache_file(folder_ / "x/../set", space_));
}

TEST_F(PictureCaches, DamageIsIgnoredAndMended) {
  store();
  const std::string whole = read_file(cache());
  swap_unnoticed(2, 99);
  const auto after = [&](const std::string& content) {
    write_file(cache(), content);
    return values(store()).at(2);
  };
  EXPECT_EQ(after(whole), 20) << "not damaged";
  EXPECT_EQ(after(whole.substr(0, whole.size() - 1)), 99);
  EXPECT_EQ(read_file(cache()).size(), whole.size()) << "written again";
  for (const size_t size : {size_t{0}, size_t{10}, size_t{100}, size_t{300}})
    EXPECT_EQ(after(whole.substr(0, size)), 99);
  for (const size_t at : {0, 17, 26, 50, 64, 100, 140, 200, 230}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    EXPECT_EQ(after(damaged), 99) << "byte " << at;
  }
  EXPECT_EQ(after(whole + "x"), 99);
}

TEST_F(PictureCaches, AFolderThatCannotBeMadeIsANote) {
  write_file(folder_ / "caches", "no folder");
  const ImageStore images = store();
  EXPECT_EQ(values(images), painted_);
  EXPECT_TRUE(contains(images.note(), (folder_ / "caches").string()) && contains(images.note(), "REFRACT_CACHE"))
      << images.note();
  EXPECT_EQ(values(store({.limit = 1})), painted_) << "decoded each time";
}

TEST_F(PictureCaches, AFullDiskIsANoteAndLeavesNothing) {
  std::string note;
  {
    const FullDisk full(3000);
    const ImageStore images = store();
    EXPECT_EQ(values(images), painted_);
    note = images.note();
  }
  EXPECT_TRUE(contains(note, "could not be kept") && contains(note, "too large")) << note;
  EXPECT_TRUE(caches().empty());
}

TEST_F(PictureCaches, SetsBeyondTheLimitAreMapped) {
  const ImageStore held = store({.cache = false}), large = store({.limit = 1});
  EXPECT_TRUE(large.in_memory());
  EXPECT_TRUE(at::equal(large.bytes(), held.bytes()));
  EXPECT_EQ(values(store({.limit = 1})), painted_);
  EXPECT_FALSE(store({.limit = 1, .cache = false}).in_memory());
}

TEST_F(PictureCaches, BadFilesAreRememberedUntilTheyChange) {
  write_file(file(2), std::string(fs::file_size(file(2)), 'x'));
  const auto changed = fs::last_write_time(file(2));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { store(); }), "2.png"));
  const std::vector<int> others = {0, 10, 30, 40};
  const ImageStore::How skipping = {.skip_bad = true};
  EXPECT_EQ(values(store(skipping)), others);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { store(); }), "its content is no PNG")) << "the sentence is there";
  swap_unnoticed(2, 20);
  EXPECT_EQ(values(store(skipping)), others) << "not tried again";
  EXPECT_EQ(store(skipping).skipped(), 1);
  fs::last_write_time(file(2), changed + std::chrono::seconds(5));
  EXPECT_EQ(values(store(skipping)), painted_);
}

TEST_F(PictureCaches, MissingFilesAreLookedForAtEveryStart) {
  Paths listed = list_images(folder_ / "set");
  fs::remove(file(2));
  const auto images = [&] { return ImageStore(listed, folder_ / "set", space_, {.skip_bad = true}); };
  EXPECT_EQ(values(images()), (std::vector<int>{0, 10, 30, 40}));
  EXPECT_EQ(values(images()), (std::vector<int>{0, 10, 30, 40}));
  paint(2, 20);
  EXPECT_EQ(values(images()), painted_);
}

TEST_F(PictureCaches, AMappedSetOutlivesItsFile) {
  const ImageStore first = store();
  fs::remove(cache());
  EXPECT_EQ(values(first), painted_);
  paint(4, 99);
  const ImageStore second = store();
  EXPECT_EQ(values(first), painted_);
  EXPECT_EQ(values(second).at(4), 99);
}

TEST_F(PictureCaches, AnEmptyVariableTurnsThemOff) {
  const Variable off("REFRACT_CACHE", ""), home("HOME", folder_.path().string());
  const Variable caches("XDG_CACHE_HOME", (folder_ / "xdg").string());
  EXPECT_TRUE(cache_folder().empty());
  EXPECT_EQ(values(store()), painted_);
  EXPECT_EQ(store().note(), "");
  EXPECT_FALSE(fs::exists(folder_ / "xdg") || fs::exists(folder_ / ".cache"));
}

TEST_F(PictureCaches, LieWhereTheSystemWantsThem) {
  EXPECT_EQ(cache_folder(), folder_ / "caches");
  const Variable home("HOME", "/somebody"), set("XDG_CACHE_HOME", "/var/caches");
  ::unsetenv("REFRACT_CACHE");
  EXPECT_EQ(cache_folder(), "/var/caches/refract");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cache_folder(), "/somebody/.cache/refract");
  ::unsetenv("HOME");
  EXPECT_EQ(cache_folder(), "");
}

TEST_F(PictureCaches, TheLeastRecentlyUsedMakeRoom) {
  fs::create_directories(folder_ / "caches");
  const auto now = fs::file_time_type::clock::now();
  const auto put = [&](const std::string& name, size_t bytes, int hours) {
    write_file(folder_ / "caches" / name, std::string(bytes, 'x'));
    fs::last_write_time(folder_ / "caches" / name, now - std::chrono::hours(hours));
  };
  put("a.pictures", 400, 3);
  put("b.pictures", 300, 1);
  put("c.pictures", 200, 2);
  put("d.pictures", 900, 4);  // will be replaced
  put("other.txt", 900, 9);
  put("e.pictures.partial-abcdef", 900, 30);
  put("f.pictures.partial-abcdef", 900, 1);
  const auto left = [&] {
    std::set<std::string> names;
    for (const fs::path& path : caches()) names.insert(path.filename().string());
    return names;
  };
  std::set<std::string> expected = {"a.pictures", "b.pictures", "c.pictures",
                                    "d.pictures", "other.txt",  "f.pictures.partial-abcdef"};
  const fs::path folder = folder_ / "caches";
  EXPECT_FALSE(make_room(folder, ".pictures", 1001, 1000, folder / "d.pictures"));
  EXPECT_EQ(left(), expected);
  EXPECT_TRUE(make_room(folder, ".pictures", 100, 1000, folder / "d.pictures"));
  EXPECT_EQ(left(), expected);
  EXPECT_TRUE(make_room(folder, ".pictures", 500, 1000, folder / "d.pictures"));
  expected.erase("a.pictures");
  EXPECT_EQ(left(), expected);
}

TEST_F(PictureCaches, UsingOneKeepsIt) {
  store();
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(100);
  fs::last_write_time(cache(), long_ago);
  store();
  EXPECT_GT(fs::last_write_time(cache()), long_ago + std::chrono::hours(99));
}

}  // namespace
}  // namespace refract
