// What the program says of the images that it found, before it trains on them.
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

class FoundByTheProgram : public ::testing::Test {
 protected:
  FoundByTheProgram() {
    fs::copy(tiny_run() / "examples", folder_ / "unlabelled");
    fs::copy(tiny_run() / "examples/score-1.png", folder_ / "unlabelled/once-more.png");
    fs::create_directories(folder_ / "reference");
    for (const char* name : {"score-1.png", "score-2.png"})
      fs::copy(tiny_run() / "examples" / name, fs::path(folder_ / "reference") / name);
    write_file(folder_ / "unlabelled/notes.txt", "no image");
  }
  Ran train(const std::string& reference) {
    return refract({"train", "srbvae", "--unlabelled", folder_ / "unlabelled", "--reference", folder_ / reference,
                    "--size", "16", "--widths", "4,4", "--steps", "1", "--batch", "2", "--no-evaluation", "--out",
                    folder_ / "run"});
  }
  Folder folder_;
};

TEST_F(FoundByTheProgram, IsSaidBeforeATraining) {
  const Ran ran = train("reference");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.err, "Data: 9 unlabelled, 2 reference; 1 file ignored: 1 txt.")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "2 of the 2 reference images are among the unlabelled")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "no metric will be measured")) << ran.err;
}

TEST_F(FoundByTheProgram, IsRefusedWhereBothSetsAreOneFolder) {
  const Ran ran = train("unlabelled");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "the same folder twice")) << ran.err;
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(FoundByTheProgram, IsSaidOfASheetOfTheData) {
  const Ran ran =
      refract({"data", "render", "embedded-digits", "--size", "16", "--reference_images", "20", "--unlabelled_images",
               "30", "--fit_images", "4", "--score_images", "3", "--out", folder_ / "sheet.png"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.err, "Data: 30 unlabelled (10 classes of ")) << ran.err;
  EXPECT_TRUE(contains(ran.err, ", 20 reference, 4 that fit and 3 that score the probes.")) << ran.err;
}

}  // namespace
}  // namespace refract
