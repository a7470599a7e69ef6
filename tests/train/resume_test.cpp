// Trainings that go on beyond the end that they were started with.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::FullDisk;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;

// Trains to the end, or where `stop` is true for one step.
void go(OpenedRun& opened, bool stop = false) {
  const std::atomic<bool> stopped = stop;
  train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {{}, &stopped});
}

std::vector<Tensor> weights(const OpenedRun& opened) {
  std::vector<Tensor> all;
  for (const Player* player : opened.method->players())
    for (const auto& [name, parameter] : player->parameters()) all.push_back(parameter.detach().clone());
  return all;
}

bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Tensor& x, const Tensor& y) { return x.equal(y); });
}

TEST(Longer, AFinishedRunGoesOnToTheNewEndAndSaysSo) {
  const TempFolder folder;
  OpenedRun first = start_run(folder / "run", tiny("vae", {{"steps", "6"}}), "");
  go(first);
  OpenedRun longer = resume_run(folder / "run", {10, {}});
  ASSERT_EQ(longer.notes.size(), 1U);
  EXPECT_TRUE(contains(longer.notes[0], "old end, step 6") && contains(longer.notes[0], "step 10")) << longer.notes[0];
  go(longer);
  EXPECT_EQ(inspect_checkpoint(longer.run.checkpoints().back()).step, 10);
  EXPECT_EQ(read_metrics(longer.run.metrics_file()).rows.size(), 5U);
  EXPECT_TRUE(contains(read_file(longer.run.options_file()), "steps = 10\n"));
  const auto manifest = nlohmann::json::parse(longer.run.manifest());
  EXPECT_EQ(manifest.at("steps"), 6);
  ASSERT_EQ(manifest.at("resumed").size(), 1U);
  EXPECT_EQ(manifest.at("resumed")[0].at("done"), 6);
  EXPECT_EQ(manifest.at("resumed")[0].at("steps"), 10);
}

// Nothing of the old end is left in a training whose rate had not begun to fall.
TEST(Longer, BeforeTheRateFallsItIsOneTraining) {
  const TempFolder folder;
  OpenedRun whole = start_run(folder / "whole", tiny("vae", {{"steps", "10"}}), "");
  go(whole);
  OpenedRun part = start_run(folder / "part", tiny("vae", {{"steps", "6"}}), "");
  go(part, true);
  OpenedRun longer = resume_run(folder / "part", {10, {}});
  EXPECT_TRUE(longer.notes.empty());
  go(longer);
  EXPECT_TRUE(same(weights(longer), weights(whole)));
  OpenedRun again = resume_run(folder / "part");
  go(again);
  EXPECT_TRUE(same(weights(again), weights(whole))) << "resumed once more, it is at its end";
}

// The steps of a run that has epochs are known too.
TEST(Longer, EpochsAreReplaced) {
  const TempFolder folder;
  OpenedRun first = start_run(folder / "run", tiny("vae", {{"steps", "0"}, {"epochs", "0.5"}}), "");  // 4 steps
  EXPECT_EQ(nlohmann::json::parse(first.run.manifest()).at("steps"), 4);
  go(first);
  OpenedRun longer = resume_run(folder / "run", {6, {}});
  go(longer);
  EXPECT_EQ(inspect_checkpoint(longer.run.checkpoints().back()).step, 6);
}

TEST(Longer, StepsThatAreDoneAndARunThatIsTrainedAreRefused) {
  const TempFolder folder;
  OpenedRun first = start_run(folder / "run", tiny("vae", {{"steps", "6"}}), "");
  go(first);
  const std::string options = read_file(first.run.options_file()), manifest = first.run.manifest();
  for (const int64_t steps : {1, 6})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { resume_run(folder / "run", {steps, {}}); }), "6 steps already"));
  {
    const RunLock lock(first.run.path());
    EXPECT_TRUE(contains(message_of<BadInput>([&] { resume_run(folder / "run", {9, {}}); }), "another process"));
  }
  EXPECT_EQ(read_file(first.run.options_file()), options);
  EXPECT_EQ(first.run.manifest(), manifest);
}

TEST(InspectRun, IsPossibleBeforeTheFirstCheckpointAndWhileItTrains) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("vae"), "");
  EXPECT_FALSE(is_training(folder / "run"));
  const RunLock lock(started.run.path());
  EXPECT_TRUE(is_training(folder / "run"));
  const OpenedRun seen = inspect_run(folder / "run");
  EXPECT_EQ(seen.checkpoint.step, 0);
  EXPECT_TRUE(same(weights(seen), weights(started)));
  EXPECT_FALSE(is_training(folder / "none"));
  const std::string message = message_of<BadInput>([&] { open_run(folder / "run", true); });
  EXPECT_TRUE(contains(message, "wait") && !contains(message, "resume")) << message;
}

TEST(Advice, AfterAFullDiskTheRunIsResumed) {
  const TempFolder folder;
  OpenedRun opened = start_run(folder / "run", tiny("vae"), "");
  std::string message;
  {
    const FullDisk limit(5000);
    message = message_of<Error>([&] { go(opened); });
  }
  EXPECT_TRUE(contains(message, "refract resume '" + (folder / "run").string() + "'")) << message;
  EXPECT_FALSE(contains(message, "another folder")) << message;
  OpenedRun resumed = resume_run(folder / "run");
  go(resumed);
  EXPECT_EQ(inspect_checkpoint(resumed.run.checkpoints().back()).step, 6);
}

}  // namespace
}  // namespace refract
