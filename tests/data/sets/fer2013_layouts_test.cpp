// FER2013 as it is passed round: the files of its archive and of its Kaggle competition, edited ones, and folders.
#include <ATen/ops/equal.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <functional>

#include "refract/core/errors.h"
#include "refract/data/sets/fer2013.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::truncate_file;
using testing_support::write_picture;

struct Row {
  int emotion;
  std::string pixels, usage;
};

// 42 rows, six of each emotion, two of each in every part: those of testing_support::fer2013_csv.
std::vector<Row> rows_of_faces() {
  std::vector<Row> rows;
  for (int i = 0; i < 42; ++i) {
    std::vector<uint64_t> pixels(48 * 48);
    for (uint64_t p = 0; p < pixels.size(); ++p) pixels[p] = mix(static_cast<uint64_t>(i), p) % 256;
    rows.push_back({i % 7, fmt::format("{}", fmt::join(pixels, " ")),
                    std::array<const char*, 3>{"Training", "PublicTest", "PrivateTest"}.at(i / 7 % 3)});
  }
  return rows;
}

class Fer2013Layouts : public testing::Test {
 protected:
  Fer2013Layouts() {
    write_file(plain_ / "fer2013.csv", testing_support::fer2013_csv(42));
    expected_ = read_fer2013(plain_.path());
  }
  void write(const std::string& name, const std::string& heading, const std::function<std::string(const Row&)>& line,
             const std::string& end = "\n") const {
    std::string text = heading + end;
    for (const Row& row : rows_of_faces()) text += line(row) + end;
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, text);
  }
  void expect_the_same() const {
    const Faces faces = read_fer2013(folder_.path());
    EXPECT_TRUE(at::equal(faces.images, expected_.images));
    EXPECT_TRUE(at::equal(faces.labels, expected_.labels));
    EXPECT_EQ(faces.parts, expected_.parts);
    EXPECT_EQ(faces.checksums.size(), 1U);
  }
  // A picture for each emotion and number in folders as train/angry.
  void paint(const std::string& part, int count, int first = 0) const {
    for (const char* emotion : {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"})
      for (int i = 0; i < count; ++i)
        write_picture(folder_ / fmt::format("{}/{}/{}.png", part, emotion, i), 48, 48, cv::Scalar(first + i), CV_8UC1);
  }
  [[nodiscard]] Fer2013Options options() const { return {.size = 48, .fer2013_dir = folder_.path().string()}; }

  TempFolder plain_, folder_;
  Faces expected_;
};

TEST_F(Fer2013Layouts, IcmlFaceData) {  // a blank before each name, other order
  write("icml_face_data.csv", "emotion, Usage, pixels",
        [](const Row& row) { return fmt::format("{},{},{}", row.emotion, row.usage, row.pixels); });
  expect_the_same();
}

TEST_F(Fer2013Layouts, QuotesAMarkLineEndsOfWindowsAndABlankLastLine) {
  write(
      "fer2013.csv", "\xef\xbb\xbf\"emotion\",\"pixels\",\"Usage\"",
      [](const Row& row) { return fmt::format("\"{}\",\"{}\",\"{}\"", row.emotion, row.pixels, row.usage); }, "\r\n");
  write_file(folder_ / "fer2013.csv", read_file(folder_ / "fer2013.csv") + "\r\n");
  expect_the_same();
}

TEST_F(Fer2013Layouts, AnotherNameOrTheFolderOfTheArchive) {
  const auto line = [](const Row& row) { return fmt::format("{},{},{}", row.emotion, row.pixels, row.usage); };
  write("faces.csv", "emotion,pixels,Usage", line);
  expect_the_same();
  std::filesystem::remove(folder_ / "faces.csv");
  write("fer2013/fer2013.csv", "emotion,pixels,Usage", line);
  write_file(folder_ / "example_submission.csv", "emotion\n3\n");
  expect_the_same();
}

TEST_F(Fer2013Layouts, TheCompetitionsTrainingFileHasPartsDrawn) {
  write("train.csv", "emotion,pixels", [](const Row& row) { return fmt::format("{},{}", row.emotion, row.pixels); });
  write("test.csv", "pixels", [](const Row& row) { return row.pixels; });
  const Faces faces = read_fer2013(folder_.path());
  EXPECT_TRUE(at::equal(faces.images, expected_.images));
  EXPECT_EQ(faces.parts, std::vector<FacePart>(42, FacePart::train));
  const auto data = make_fer2013(options());
  EXPECT_EQ(data->count(Split::reference), 6) << "no neutral face is drawn";
  EXPECT_EQ(data->count(Split::fit), 3) << "a tenth of 36";
  EXPECT_EQ(data->count(Split::score), 3);
  EXPECT_EQ(data->count(Split::unlabelled), 30);
  EXPECT_TRUE(contains(data->info().note, "test.csv has no emotions")) << data->info().note;
  EXPECT_TRUE(contains(data->info().note, "no validation part: 3 training faces")) << data->info().note;
  Fer2013Options other = options();
  other.data_seed = 2;
  EXPECT_FALSE(
      at::equal(make_fer2013(other)->examples(Split::score, {0, 1, 2}), data->examples(Split::score, {0, 1, 2})));
}

TEST_F(Fer2013Layouts, ATestFileWithEmotionsIsTheTestPart) {
  const auto line = [](const Row& row) { return fmt::format("{},{}", row.emotion, row.pixels); };
  write("train.csv", "emotion,pixels", line);
  write("test.csv", "emotion,pixels", line);
  const Faces faces = read_fer2013(folder_.path());
  EXPECT_EQ(faces.parts.size(), 84U);
  EXPECT_EQ(faces.parts.back(), FacePart::test);
  EXPECT_EQ(faces.checksums.size(), 2U);
}

TEST_F(Fer2013Layouts, FoldersOfImages) {
  paint("train", 10);
  paint("test", 2, 100);
  const Faces faces = read_fer2013(folder_.path());
  ASSERT_EQ(faces.images.sizes().vec(), (std::vector<int64_t>{84, 48, 48}));
  EXPECT_EQ(std::count(faces.parts.begin(), faces.parts.end(), FacePart::test), 14);
  for (int64_t i = 0; i < 84; ++i)
    EXPECT_EQ(faces.parts[static_cast<size_t>(i)] == FacePart::test, faces.images[i][0][0].item<int64_t>() >= 100);
  EXPECT_EQ(faces.labels.eq(6).sum().item<int64_t>(), 12);
  EXPECT_EQ(faces.labels[0].item<int64_t>(), 0) << "test/angry";
  EXPECT_EQ(faces.labels[83].item<int64_t>(), 5) << "train/surprise";
  const auto data = make_fer2013(options());
  EXPECT_EQ(data->count(Split::reference), 10);
  EXPECT_EQ(data->count(Split::fit), 6) << "a tenth of 60";
  EXPECT_EQ(data->count(Split::unlabelled), 54);
  EXPECT_EQ(data->info().checksums.count("images (84 files)"), 1U);
}

TEST_F(Fer2013Layouts, ABadImageOrAnUnknownFolderIsNamed) {
  paint("train", 10);
  truncate_file(folder_ / "train/happy/3.png");
  const std::string bad = message_of<BadInput>([&] { make_fer2013(options()); });
  EXPECT_TRUE(contains(bad, "train/happy/3.png") && contains(bad, "--skip-bad-images")) << bad;
  Fer2013Options skipping = options();
  skipping.skip_bad_images = true;
  EXPECT_TRUE(contains(make_fer2013(skipping)->info().note, "1 of 70 images")) << make_fer2013(skipping)->info().note;
  write_picture(folder_ / "train/contempt/1.png", 48, 48, cv::Scalar(1), CV_8UC1);
  const std::string unknown = message_of<BadInput>([&] { make_fer2013(skipping); });
  EXPECT_TRUE(contains(unknown, "'contempt'")) << unknown;
}

TEST_F(Fer2013Layouts, WhatIsMissingNamesEveryLayout) {
  const std::string none = message_of<BadInput>([&] { make_fer2013(options()); });
  for (const char* known : {"fer2013.csv", "icml_face_data.csv", "train.csv", "train/angry", "images.idx"})
    EXPECT_TRUE(contains(none, known)) << none;
}

}  // namespace
}  // namespace refract
