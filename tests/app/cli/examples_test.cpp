// The programs of examples/, as their comments say they are used.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "refract/core/files.h"
#include "refract_places.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Ran;

// Words are names without spaces.
Ran example(const Folder& folder, const std::string& words) {
  const std::string line = std::string(REFRACT_EXAMPLES) + "/" + words + " >" + folder / "out" + " 2>" + folder / "err";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "out"), read_file(folder / "err")};
}

void render(const std::string& split, const std::string& to) {
  const Ran ran = testing_support::refract({"data", "render", "embedded-digits", "--size", "32", "--unlabelled_images",
                                            "60", "--split", split, "--count", "40", "--separate", to});
  ASSERT_EQ(ran.status, 0) << ran.err;
}

TEST(Examples, TrainOnTwoFoldersThenFindTheNearestPictures) {
  const Folder folder;
  render("reference", folder / "reference");
  render("unlabelled", folder / "unlabelled");
  const Ran trained =
      example(folder, "train_folders " + folder / "reference" + " " + folder / "unlabelled" + " " + folder / "run 3");
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.out.find("transfer.png is written"), std::string::npos) << trained.out;

  const Ran found = example(
      folder, "nearest " + folder / "run" + " " + folder / "unlabelled/unlabelled-7.png" + " " + folder / "unlabelled");
  ASSERT_EQ(found.status, 0) << found.err;
  EXPECT_EQ(found.out.find("e (target): unlabelled-7.png "), 0) << found.out;
  EXPECT_NE(found.out.find("\nz (common): unlabelled-7.png "), std::string::npos) << found.out;
}

TEST(Examples, AMethodOfOnesOwnLearns) {
  const Folder folder;
  const Ran ran = example(folder, "own_method 101 " + folder / "own.png");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto error_at = [&](const std::string& step) {
    const size_t at = ran.out.find("reconstruction ", ran.out.find("step " + step));
    return std::stod(ran.out.substr(at + 15));
  };
  EXPECT_LT(error_at("100"), 0.7 * error_at("0")) << ran.out;
  EXPECT_EQ(read_file(folder / "own.png").substr(1, 3), "PNG");
}

TEST(Examples, WrongWordsAreASentence) {
  const Folder folder;
  const Ran ran = example(folder, "nearest only-one");
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err.find("Usage: nearest RUN PICTURE FOLDER"), 0) << ran.err;
}

}  // namespace
}  // namespace refract
