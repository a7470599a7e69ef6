// How far a training is, and how it goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using nlohmann::json;
using testing::answer;
using testing::Folder;
using testing::Ran;
using testing::refract;
using testing::tiny_run;

TEST(TrainingCommands, InfoTellsWhatTheRunHolds) {
  const json info = answer({"info", tiny_run().string()});
  EXPECT_EQ(info.at("method"), "srbvae");
  EXPECT_EQ(info.at("step"), 4);
  EXPECT_EQ(info.at("blocks").at(0).at("name"), "e");
  EXPECT_EQ(info.at("options").at("batch"), "4");
  EXPECT_NE(refract({"info", tiny_run().string()}).out.find("latent blocks"), std::string::npos);
}

TEST(TrainingCommands, InfoTellsHowFarATrainingIs) {
  const json done = answer({"info", tiny_run().string()});
  EXPECT_EQ(done.at("state"), "finished");
  EXPECT_EQ(done.at("steps"), 4);
  EXPECT_EQ(done.at("logged").at("step"), 4);

  const Folder folder;
  std::vector<std::string> words = testing::tiny_training("vae");
  words.insert(words.end(), {"--steps", "100000000", "--checkpoint_minutes", "0", "--out", folder / "run"});
  testing::Process training(words);
  ASSERT_TRUE(training.says("steps/s")) << training.error_so_far();
  const json during = answer({"info", folder / "run"});
  EXPECT_EQ(during.at("state"), "training now");
  EXPECT_EQ(during.at("step"), 0) << "no checkpoint yet";
  EXPECT_TRUE(during.at("checkpoint").is_null());
  EXPECT_GE(during.at("logged").at("step"), 2);
  EXPECT_TRUE(during.at("logged").contains("reconstruction")) << during.at("logged");
  EXPECT_EQ(during.at("options").at("batch"), "4");
  const Ran text = refract({"info", folder / "run"});
  EXPECT_NE(text.out.find(" of 100000000 (0 %), no checkpoint yet"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("reconstruction "), std::string::npos) << text.out;
  training.send(SIGINT);
  training.wait();
  EXPECT_EQ(answer({"info", folder / "run"}).at("state"), "stopped");
}

TEST(TrainingCommands, ResumeGoesOnBeyondTheEnd) {
  const Folder folder;
  const std::string run = folder / "run";
  std::filesystem::copy(tiny_run(), run, std::filesystem::copy_options::recursive);
  EXPECT_EQ(answer({"resume", run, "--steps", "6", "--no-evaluation"}).at("step"), 6);
  EXPECT_EQ(answer({"info", run}).at("steps"), 6);
  const Ran done = refract({"resume", run, "--steps", "6"});
  EXPECT_EQ(done.status, 2);
  EXPECT_NE(done.err.find("6 steps already"), std::string::npos) << done.err;
}

TEST(TrainingCommands, ATrainingBeginsWithWhatMatters) {
  const Folder folder;
  std::vector<std::string> words = testing::tiny_training("srbvae");
  words.insert(words.end(), {"--no-evaluation", "--out", folder / "run"});
  const Ran ran = refract(words);
  const std::string first =
      "Training srbvae on embedded-digits: 4 steps of 4 images of 16x16 pixels, into " + folder / "run.\n";
  EXPECT_EQ(ran.err.substr(0, first.size()), first);
  const size_t chosen = ran.err.find("\nChosen: "), usual = ran.err.find("\nAs usual: ");
  ASSERT_NE(usual, std::string::npos) << ran.err;
  EXPECT_LT(chosen, ran.err.find("widths 4,4"));
  EXPECT_LT(ran.err.find("widths 4,4"), usual);
  EXPECT_GT(ran.err.find("learning_rate "), usual);
  EXPECT_LT(std::count(ran.err.begin(), ran.err.end(), '\n'), 20);
}

TEST(TrainingCommands, ResumeOfAFinishedRunChangesNothing) {
  const json before = answer({"info", tiny_run().string()});
  const json after = answer({"resume", tiny_run().string(), "--no-evaluation"});
  EXPECT_EQ(after.at("outcome"), "finished");
  EXPECT_EQ(after.at("step"), 4);
  EXPECT_EQ(answer({"info", tiny_run().string()}), before);
}

}  // namespace
}  // namespace refract
