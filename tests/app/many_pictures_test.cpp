// The picture commands with more pictures than one sheet can show.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

// Pictures of 16 pixels are shown at 96, so that 38 stand beside each other on a sheet.
class ManyPictures : public ::testing::Test {
 protected:
  ManyPictures() {
    fs::create_directories(folder_ / "many");
    for (int i = 0; i < 60; ++i)
      fs::copy(tiny_run() / "examples/score-1.png", folder_ / ("many/" + std::to_string(i) + ".png"));
  }
  Ran run(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.begin() + 1, tiny_run().string());
    words.insert(words.end(), more.begin(), more.end());
    return refract(words);
  }

  Folder folder_;
  std::string many_ = folder_ / "many";
};

TEST_F(ManyPictures, BecomeSeveralSheetsThatAreAnnounced) {
  const Ran ran = run({"synthesize", many_}, {"--variants", "2", "--out", folder_ / "styles.png", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.err.find("Reading 60 pictures and drawing 120 images on 2 sheets of at most 4096 x 4096 pixels; the "
                         "drawing takes about "),
            std::string::npos)
      << ran.err;
  const json files = json::parse(ran.out).at("files");
  EXPECT_EQ(files, (json{folder_ / "styles-1.png", folder_ / "styles-2.png"}));
  for (const json& file : files) EXPECT_EQ(read_file(file.get<std::string>()).substr(1, 3), "PNG");
  EXPECT_FALSE(fs::exists(folder_ / "styles.png"));

  const Ran again = run({"synthesize", many_}, {"--variants", "2", "--out", folder_ / "styles.png"});
  EXPECT_EQ(again.status, 2);
  EXPECT_NE(again.err.find("styles-1.png: the file exists already"), std::string::npos) << again.err;
}

TEST_F(ManyPictures, AreRefusedBeforeTheWorkWhereTheyFillMoreSheetsThanAllowed) {
  const std::vector<std::vector<std::string>> commands = {
      {"transfer", "--target", many_, "--common", many_, "--sheets", "3", "--out", folder_ / "a.png"},
      {"synthesize", many_, "--sheets", "1", "--out", folder_ / "a.png"},
      {"interpolate", many_, many_, "--sheets", "1", "--out", folder_ / "a.gif"},
      {"swap", many_, "--sheets", "3", "--out", folder_ / "a.png"},
      {"retrieve", many_, "--among", many_, "--sheets", "1", "--out", folder_ / "a.png"},
      {"interpolate", many_, many_, "--grid", "--sheets", "59", "--out", folder_ / "a.png"},
      {"inpaint", many_, many_, many_, many_, many_, many_, many_, many_, "--sheets", "1", "--out", folder_ / "a.png"},
      {"sample", "--panels", "64", "--side", "16", "--sheets", "2", "--out", folder_ / "a.png"}};
  for (const auto& words : commands) {
    const Ran ran = run(words, {});
    EXPECT_EQ(ran.status, 2) << words[0];
    EXPECT_NE(ran.err.find("--sheets "), std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find("about"), std::string::npos) << "worked first: " << ran.err;
  }
  for (const auto& file : fs::directory_iterator(folder_.path())) EXPECT_EQ(file.path().string(), many_);
}

// Where the option does not exist nobody is told to use it.
TEST_F(ManyPictures, ABadOneIsLeftOutWhereThatCanBeAsked) {
  write_file(many_ + "/bad.png", "no picture");
  const std::string option = "--skip-bad-images";
  const std::vector<std::string> transfer = {
      "transfer", "--target", many_, "--common", many_ + "/1.png", "--out", folder_ / "transfer.png"};
  EXPECT_NE(run(transfer, {}).err.find(option), std::string::npos);
  const Ran skipped = run(transfer, {option});
  EXPECT_EQ(skipped.status, 0) << skipped.err;
  EXPECT_NE(skipped.err.find("1 bad file was"), std::string::npos) << skipped.err;
  const Ran path = run({"interpolate", many_ + "/bad.png", many_ + "/1.png", "--out", folder_ / "a.gif"}, {});
  EXPECT_EQ(path.status, 2);
  EXPECT_NE(path.err.find("bad.png"), std::string::npos) << path.err;
  EXPECT_EQ(path.err.find(option), std::string::npos) << path.err;
}

}  // namespace
}  // namespace refract
