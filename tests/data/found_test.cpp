// What a user hears about the images that were found: how many, of which classes, what was ignored, what is in both
// sets.
#include "refract/data/found.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/data/files/ignored_files.h"
#include "refract/data/sets/image_folder.h"
#include "tests/data/support.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::write_picture;

class FoundImages : public testing::Test {
 protected:
  void paint(const std::string& folder, int count, int first_value = 0) const {
    for (int i = 0; i < count; ++i)
      write_picture(folder_ / fmt::format("{}/{:03}.png", folder, i), 8, 8, cv::Scalar(first_value + i), CV_8UC1);
  }
  void write(const std::string& name) const { write_file(folder_ / name, "no image"); }
  [[nodiscard]] ImageFolderOptions options(const std::string& unlabelled, const std::string& reference) const {
    return {.reference = (folder_ / reference).string(), .unlabelled = (folder_ / unlabelled).string(), .size = {8, 8}};
  }
  [[nodiscard]] std::string note(const std::string& unlabelled, const std::string& reference) const {
    return make_image_folder(options(unlabelled, reference))->info().note;
  }
  TempFolder folder_;
};

TEST_F(FoundImages, AreCountedByClassAndTheIgnoredFilesByEnding) {
  paint("faces/happy", 20, 0);
  paint("faces/surprise", 30, 50);
  paint("neutral", 6, 100);
  for (const char* name : {"faces/a.gif", "faces/happy/b.GIF", "neutral/c.svg", "neutral/README", "faces/.hidden"})
    write(name);
  EXPECT_EQ(found_text(*make_image_folder(options("faces", "neutral"))),
            "Data: 40 unlabelled (happy 16, surprise 24), 6 reference, 5 that fit and 5 that score the probes; 4 files "
            "ignored: 2 gif, 1 without an ending, 1 svg.");
  EXPECT_EQ(note("faces", "neutral"), "");
}

TEST_F(FoundImages, IgnoredFilesOfFoldersWithinEachOtherCountOnce) {
  paint("faces", 12);
  paint("faces/neutral", 12, 100);
  write("faces/neutral/a.txt");
  const auto data = make_image_folder(options("faces", "faces/neutral"));
  EXPECT_TRUE(contains(found_text(*data), "1 file ignored: 1 txt.")) << found_text(*data);
}

TEST_F(FoundImages, ManyClassesAreSummedUp) {
  EXPECT_EQ(found_text(fakes::Source(0, 12, {{Split::unlabelled, 50}, {Split::score, 4}})),
            "Data: 50 unlabelled (12 classes of 4 to 5), 0 that fit and 4 that score the probes.");
  EXPECT_EQ(found_text(fakes::Source(2, 0, {{Split::unlabelled, 50}, {Split::reference, 4}})),
            "Data: 50 unlabelled, 4 reference.");
  EXPECT_EQ(ignored_text({}), "");
}

TEST_F(FoundImages, AFlatFolderHearsWhyNoMetricWillBeMeasured) {
  paint("faces", 12);
  paint("neutral", 6, 100);
  EXPECT_TRUE(contains(note("faces", "neutral"), "no sub-folders") &&
              contains(note("faces", "neutral"), "no metric will be measured"))
      << note("faces", "neutral");
}

TEST_F(FoundImages, TheSameFolderTwiceIsRefused) {
  paint("faces", 12);
  std::filesystem::create_directory_symlink(folder_ / "faces", folder_ / "link");
  for (const char* other : {"faces", "faces/", "./faces", "link"}) {
    const std::string message = message_of<BadInput>([&] { make_image_folder(options("faces", other)); });
    EXPECT_TRUE(contains(message, "the same folder twice")) << other << ": " << message;
  }
}

TEST_F(FoundImages, SetsThatLieInEachOtherAreNamed) {
  paint("faces/happy", 12);
  paint("faces/neutral", 12, 100);
  EXPECT_TRUE(contains(note("faces", "faces/neutral"), "The reference folder lies in the unlabelled one"))
      << note("faces", "faces/neutral");
  EXPECT_TRUE(contains(note("faces", "faces/neutral"), "12 of the 12 reference images are"));
  EXPECT_TRUE(contains(note("faces/neutral", "faces"), "The unlabelled folder lies in the reference folder"));
  EXPECT_FALSE(contains(note("faces/happy", "faces/neutral"), "lies in")) << note("faces/happy", "faces/neutral");
}

TEST_F(FoundImages, ImagesOfBothSetsAreNamedByTheirContent) {
  paint("faces", 12);
  paint("neutral", 6, 11);  // the first is the last of the faces
  const std::string said = note("faces", "neutral");
  EXPECT_TRUE(contains(said, "1 of the 6 reference images is among the unlabelled, byte for byte")) << said;
  EXPECT_TRUE(contains(said, "neutral/000.png") && contains(said, "faces/011.png")) << said;
}

TEST_F(FoundImages, ReadingThemTellsHowFarItIs) {
  paint("faces", 40);
  paint("neutral", 6, 100);
  std::vector<Progress> told;
  make_image_folder(options("faces", "neutral"), [&](const Progress& progress) { told.push_back(progress); });
  ASSERT_EQ(told.size(), 46U);
  for (int64_t i = 0; i < 40; ++i) {
    EXPECT_EQ(told[static_cast<size_t>(i)].done, i + 1);
    EXPECT_EQ(told[static_cast<size_t>(i)].total, 40);
  }
  EXPECT_EQ(told[40].done, 1);
  EXPECT_EQ(told[45].what, "Reading the images in " + (folder_ / "neutral").string());
}

}  // namespace
}  // namespace refract
