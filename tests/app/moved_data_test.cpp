// Runs, and the data that they were trained on, move.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "tests/data/support.h"
#include "tests/support/program.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

// The working directory of this process while it lives.
class At {
 public:
  explicit At(const fs::path& folder) : before_(fs::current_path()) { fs::current_path(folder); }
  At(const At&) = delete;
  At& operator=(const At&) = delete;
  ~At() { fs::current_path(before_); }

 private:
  fs::path before_;
};

// A project with pictures and with digits, and a place elsewhere.
class MovedData : public ::testing::Test {
 protected:
  MovedData() {
    ::unsetenv("MNIST_DIR");
    fs::create_directories(folder_ / "project/runs");
    fs::create_directories(folder_ / "elsewhere");
    for (const char* name : {"photos", "plain"})
      fs::copy(tiny_run() / "examples", folder_ / ("project/" + std::string(name)));
    write_digits(folder_ / "project/data/mnist");
  }

  static void write_digits(const fs::path& folder) {
    fs::create_directories(folder);
    for (const char* part : {"train", "t10k"}) {
      std::string pixels, labels;
      for (int i = 0; i < 40; ++i) {
        pixels += std::string(28 * 28, static_cast<char>(5 * i));
        labels += static_cast<char>(i % 10);
      }
      write_file(folder / (std::string(part) + "-images-idx3-ubyte"),
                 testing_support::idx(0x803, {40, 28, 28}, pixels));
      write_file(folder / (std::string(part) + "-labels-idx1-ubyte"), testing_support::idx(0x801, {40}, labels));
    }
  }

  static std::vector<std::string> digits(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--data", "mnist", "--fit_images", "10", "--score_images", "10"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  // In the project's folder; the data come in `more`.
  void train(const std::string& method, const std::vector<std::string>& more) {
    const At project(folder_ / "project");
    std::vector<std::string> words = {"train", method,    "--size", "16",        "--widths", "4,4",   "--steps",
                                      "2",     "--batch", "2",      "--threads", "1",        "--out", "runs/a"};
    words.insert(words.end(), more.begin(), more.end());
    words.emplace_back("--no-evaluation");
    const Ran ran = refract(words);
    ASSERT_EQ(ran.status, 0) << ran.err;
  }

  // From elsewhere, the run in the folder `project`.
  Ran evaluate(const std::string& project, const std::vector<std::string>& more = {"--metrics", "reconstruction"}) {
    const At elsewhere(folder_ / "elsewhere");
    std::vector<std::string> words = {"evaluate", folder_ / (project + "/runs/a")};
    words.insert(words.end(), more.begin(), more.end());
    return refract(words);
  }

  Folder folder_;
};

TEST_F(MovedData, AProjectThatMovesAsAWholeIsWhole) {
  train("srbvae", {"--unlabelled", "photos", "--reference", "plain"});
  fs::rename(folder_ / "project", folder_ / "moved");
  const Ran ran = evaluate("moved", {"--metrics", "usual"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(fs::exists(folder_ / "moved/runs/a/report.html"));
}

TEST_F(MovedData, DataThatMovedAreNamedAndFoundAgain) {
  train("srbvae", {"--unlabelled", "photos", "--reference", "plain"});
  fs::rename(folder_ / "project/photos", folder_ / "elsewhere/photos");
  fs::rename(folder_ / "project/runs/a", folder_ / "elsewhere/a");
  const std::string run = folder_ / "elsewhere/a";
  const Ran lost = refract({"evaluate", run, "--metrics", "usual"});
  EXPECT_EQ(lost.status, 2);
  EXPECT_TRUE(contains(lost.err, folder_ / "project/photos" + " or ")) << lost.err;
  EXPECT_TRUE(contains(lost.err, "--unlabelled")) << lost.err;

  const At elsewhere(folder_ / "elsewhere");
  const std::vector<std::string> places = {"--unlabelled", "photos", "--reference", "../project/plain"};
  const auto found = [&](std::vector<std::string> words) {
    words.insert(words.end(), places.begin(), places.end());
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 0) << words[0] << ": " << ran.err;
  };
  found({"evaluate", "a", "--metrics", "usual"});
  found({"figures", "a", "--out", "figures", "--only", "data"});
  EXPECT_EQ(refract({"evaluate", "a"}).status, 2) << "only for once";
  found({"resume", "a", "--no-evaluation"});
  EXPECT_EQ(refract({"evaluate", "a", "--metrics", "usual"}).status, 0) << "recorded";

  const Ran other = refract({"evaluate", "a", "--mnist_dir", "photos"});
  EXPECT_EQ(other.status, 2);
  EXPECT_TRUE(contains(other.err, "--unlabelled or --reference") || contains(other.err, "--reference or --unlabelled"))
      << other.err;
}

TEST_F(MovedData, RelativePathsAreLookedUpWhereTheyWereGiven) {
  train("vae", digits({"--mnist_dir", "data/../data/mnist"}));
  EXPECT_EQ(evaluate("project").status, 0);
  fs::rename(folder_ / "project", folder_ / "moved");
  EXPECT_EQ(evaluate("moved").status, 0);
  fs::rename(folder_ / "moved/data", folder_ / "elsewhere/digits");
  const Ran lost = evaluate("moved");
  EXPECT_EQ(lost.status, 2);
  for (const std::string& place :
       {folder_ / "project/data/mnist", folder_ / "moved/data/mnist", std::string("--mnist_dir")})
    EXPECT_TRUE(contains(lost.err, place)) << place << " in " << lost.err;
  EXPECT_EQ(evaluate("moved", {"--metrics", "reconstruction", "--mnist-dir", "digits/mnist"}).status, 0);
  const Ran encoded = refract({"encode", folder_ / "moved/runs/a", "--factors", "--mnist-dir",
                               folder_ / "elsewhere/digits/mnist", "--out", folder_ / "codes.npz"});
  EXPECT_EQ(encoded.status, 0) << encoded.err;
}

TEST_F(MovedData, SoIsTheUsualPlaceThatNobodyNamed) {
  train("vae", digits());
  const Ran ran = evaluate("project");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const nlohmann::json manifest = nlohmann::json::parse(read_file(folder_ / "project/runs/a/manifest.json"));
  EXPECT_EQ(manifest.at("directory"), folder_ / "project");
  EXPECT_EQ(manifest.at("run"), folder_ / "project/runs/a");
}

TEST_F(MovedData, WhatChangedIsNamed) {
  train("vae", digits());
  std::string labels = read_file(folder_ / "project/data/mnist/t10k-labels-idx1-ubyte");
  labels.back() = 0;
  write_file(folder_ / "project/data/mnist/t10k-labels-idx1-ubyte", labels);
  const Ran ran = evaluate("project");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "'t10k-labels-idx1-ubyte' has other content (SHA-256 ")) << ran.err;
  EXPECT_FALSE(contains(ran.err, "train-images")) << ran.err;
}

// Evaluating has no such option, and must not have it.
TEST_F(MovedData, WhatIsBadNowIsToBePutBackNotLeftOut) {
  train("srbvae", {"--unlabelled", "photos", "--reference", "plain"});
  write_file(folder_ / "project/photos/score-1.png", "no picture");
  const Ran ran = evaluate("project");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "this run needs its files as they were")) << ran.err;
}

TEST_F(MovedData, AnotherNumberOfImagesIsNamed) {
  train("srbvae", {"--unlabelled", "photos", "--reference", "plain"});
  fs::copy(folder_ / "project/photos/score-1.png", folder_ / "project/photos/more.png");
  const Ran ran = evaluate("project");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "8 files")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "9 files")) << ran.err;
}

}  // namespace
}  // namespace refract
