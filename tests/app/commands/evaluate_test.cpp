// The command evaluate with a classifier that judges samples.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "refract/report/judge_run.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::answer;
using testing_support::contains;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;
using testing_support::tiny_training;

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// The words of tiny_training that a classifier has no options for are left out.
std::vector<std::string> classifier_training(const std::string& out) {
  std::vector<std::string> words = tiny_training("classifier");
  const auto widths = std::find(words.begin(), words.end(), "--widths");
  if (widths != words.end()) words.erase(widths, widths + 2);
  return with(words, {"--width", "2", "--out", out});
}

TEST(EvaluateCommand, SamplesAreJudgedByAClassifierThatWasTrainedForIt) {
  const Folder folder;
  const json trained = answer(classifier_training(folder / "judge"));
  for (const json& table : trained.at("tables")) EXPECT_NE(table.at("metric"), "reconstruction");
  for (const json& next : trained.at("next")) EXPECT_FALSE(contains(next.get<std::string>(), "sample"));

  const std::vector<std::string> words = {
      "evaluate", tiny_run().string(), "--metrics", "inception-score,fid", "--samples", "30"};
  const json tables = answer(with(words, {"--classifier", folder / "judge"})).at("tables");
  ASSERT_EQ(tables.size(), 2U);
  for (const json& table : tables) {
    EXPECT_TRUE(contains(table.at("protocol"), folder / "judge"));
    EXPECT_TRUE(contains(table.at("protocol"), "Each row: 30 examples."));
    EXPECT_EQ(table.at("rows").at(0).at("name"), "samples");
    EXPECT_EQ(table.at("judge"), judge_checksum(folder / "judge"));
  }
  const Ran generated = refract({"sample", folder / "judge"});
  EXPECT_EQ(generated.status, 2);
  EXPECT_TRUE(contains(generated.err, "no prior") || contains(generated.err, "no generator")) << generated.err;
}

// The same flags at the end of a training; the run is as without them.
TEST(EvaluateCommand, ATrainingEndsWithSamplesJudgedByAClassifier) {
  const Folder folder;
  answer(with(classifier_training(folder / "judge"), {"--no-evaluation"}));
  const std::vector<std::string> judged = {"--metrics", "fid", "--samples", "30", "--classifier"};
  const std::vector<std::string> words = with(tiny_training("srbvae"), judged);
  const json table = answer(with(words, {folder / "judge", "--out", folder / "run"})).at("tables").at(0);
  EXPECT_EQ(table.at("metric"), "fid");
  EXPECT_TRUE(contains(table.at("protocol"), "Each row: 30 examples."));
  EXPECT_EQ(table.at("judge"), judge_checksum(folder / "judge"));
  EXPECT_EQ(judge_checksum(folder / "run"), judge_checksum(tiny_run()));
  const json again = answer(with(with({"resume", folder / "run"}, judged), {folder / "judge"}));
  EXPECT_EQ(again.at("tables").at(0), table);

  const Ran refused = refract(with(words, {tiny_run().string(), "--out", folder / "other"}));
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(contains(refused.err, "one of features")) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "other"));
}

TEST(EvaluateCommand, OtherRunsAreNoClassifiers) {
  const Folder folder;
  const std::vector<std::string> words = {"evaluate", tiny_run().string(), "--metrics", "fid", "--classifier"};
  const Ran same = refract(with(words, {tiny_run().string()}));
  EXPECT_EQ(same.status, 2);
  EXPECT_TRUE(contains(same.err, "one of features")) << same.err;

  std::filesystem::copy(tiny_run(), folder / "other", std::filesystem::copy_options::recursive);
  json manifest = json::parse(read_file(folder / "other/manifest.json"));
  manifest.at("data").at("name") = "other digits";
  write_file(folder / "other/manifest.json", manifest.dump());
  const Ran other = refract(with(words, {folder / "other"}));
  EXPECT_EQ(other.status, 2);
  EXPECT_TRUE(contains(other.err, "the same data")) << other.err;
}

// With as many classes of the same files, but others: they would be taken for those of the data.
TEST(EvaluateCommand, ClassifiersOfOtherLabelsAreRefused) {
  const Folder folder;
  ASSERT_EQ(refract(with(classifier_training(folder / "judge"), {"--no-evaluation"})).status, 0);
  json manifest = json::parse(read_file(folder / "judge/manifest.json"));
  json& classes = manifest.at("data").at("classes");
  ASSERT_GT(classes.size(), 1U);
  std::swap(classes.front(), classes.back());
  write_file(folder / "judge/manifest.json", manifest.dump());
  const Ran swapped = refract({"evaluate", tiny_run().string(), "--metrics", "fid", "--classifier", folder / "judge"});
  EXPECT_EQ(swapped.status, 2);
  EXPECT_TRUE(contains(swapped.err, "labels") && contains(swapped.err, folder / "judge")) << swapped.err;
}

}  // namespace
}  // namespace refract
