#include "refract/train/trainer.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/scalar_tensor.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <limits>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::FullDisk;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::Toy;
using testing_support::toy_data;

constexpr double infinity = std::numeric_limits<double>::infinity();

// A toy's training in a run of its own.
struct Bench {
  explicit Bench(const KeyValues& changes = {}) : settings(tiny("vae", changes)) {}

  Outcome train(Toy& toy, int64_t first_step = 0, const TrainingHooks& hooks = {}) {
    return refract::train(toy, data, *settings, run, first_step, hooks);
  }

  TempFolder folder;
  std::unique_ptr<Settings> settings;
  fakes::Source data = toy_data();
  Run run = Run::create(folder / "run", *settings, data.info(), "");
};

TEST(Trainer, CountsStepsByStepsOrByEpochs) {
  TrainOptions options;
  options.steps = 7;
  EXPECT_EQ(total_steps(options, 100), 7);
  options.steps = 0;
  options.epochs = 2.5;
  EXPECT_EQ(total_steps(options, 100), 250);
  options.epochs = 1e-6;
  EXPECT_EQ(total_steps(options, 100), 1);
}

TEST(Trainer, TheRateFallsLinearlyOverTheLastPart) {
  EXPECT_EQ(rate_at(0, 100, 0.3), 1);
  EXPECT_EQ(rate_at(70, 100, 0.3), 1);
  EXPECT_NEAR(rate_at(85, 100, 0.3), 0.5, 1e-12);
  EXPECT_NEAR(rate_at(99, 100, 0.3), 1.0 / 30, 1e-12);
  EXPECT_EQ(rate_at(99, 100, 0), 1);
  EXPECT_NEAR(rate_at(99, 100, 1), 0.01, 1e-12);
}

TEST(Trainer, LogsMeansAndLeavesAFinalCheckpoint) {
  Bench bench(KeyValues{{"steps", "5"}, {"log_every", "2"}});
  const auto count = [](int64_t step, Toy::Losses&, Scalars& terms) {
    terms = {{"step", at::scalar_tensor(static_cast<double>(step))}};
  };
  Toy toy(count);
  EXPECT_EQ(bench.train(toy), Outcome::finished);
  const MetricsTable table = read_metrics(bench.run.metrics_file());
  EXPECT_EQ(table.columns, (std::vector<std::string>{"step", "seconds", "step"}));
  ASSERT_EQ(table.rows.size(), 3);
  EXPECT_EQ(table.rows[0][2], 1.5);
  EXPECT_EQ(table.rows[1][2], 3.5);
  EXPECT_EQ(table.rows[2][0], 5);
  EXPECT_EQ(table.rows[2][2], 5);
  ASSERT_EQ(bench.run.checkpoints().size(), 1);
  EXPECT_EQ(inspect_checkpoint(bench.run.checkpoints()[0]).step, 5);
  EXPECT_FALSE(fs::is_empty(bench.run.events_folder()));
}

TEST(Trainer, ReportsProgress) {
  Bench bench(KeyValues{{"steps", "5"}});
  std::vector<TrainingProgress> reports;
  TrainingHooks hooks;
  hooks.report = [&](const TrainingProgress& progress) { reports.push_back(progress); };
  Toy toy;
  bench.train(toy, 0, hooks);
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().step, 5);
  EXPECT_EQ(reports.back().steps, 5);
  EXPECT_GT(reports.back().steps_per_second, 0);
  EXPECT_EQ(reports.back().seconds_left, 0);
  EXPECT_EQ(reports.back().terms.size(), 2);
}

TEST(Trainer, WhatWasDrawnBeforeMakesNoDifference) {
  Toy a;
  Toy b;
  at::manual_seed(1);
  Bench().train(a);
  at::manual_seed(2);
  Bench().train(b);
  EXPECT_TRUE(at::equal(a.weight(0), b.weight(0)));
  Toy other_seed;
  Bench(KeyValues{{"seed", "2"}}).train(other_seed);
  EXPECT_FALSE(at::equal(a.weight(0), other_seed.weight(0)));
}

// Stopped after every single step and taken up by a new object each time.
TEST(Trainer, StoppingAndResumingChangesNothing) {
  Toy whole;
  Bench().train(whole);
  Bench bench;
  const std::atomic<bool> stop = true;
  Toy first;
  Outcome outcome = bench.train(first, 0, {{}, &stop});
  int64_t rounds = 1;
  for (; outcome == Outcome::interrupted; ++rounds) {
    Toy next;
    const CheckpointInfo info = bench.run.load(next, true);
    ASSERT_EQ(info.step, rounds);
    outcome = bench.train(next, info.step, {{}, &stop});
  }
  EXPECT_EQ(rounds, 6);
  Toy resumed;
  bench.run.load(resumed, false);
  for (const size_t player : {0U, 1U}) EXPECT_TRUE(at::equal(resumed.weight(player), whole.weight(player)));
  EXPECT_EQ(read_metrics(bench.run.metrics_file()).rows.size(), 3);
}

TEST(Trainer, ChecksTheClockForCheckpoints) {
  Bench bench(KeyValues{{"steps", "20"}, {"checkpoint_minutes", "1e-9"}});
  Toy toy;
  bench.train(toy);
  ASSERT_EQ(bench.run.checkpoints().size(), 2);
  EXPECT_EQ(inspect_checkpoint(bench.run.checkpoints().front()).step, 19);
}

TEST(Trainer, AFinishedRunStaysAsItIs) {
  Bench bench;
  Toy toy;
  bench.train(toy);
  const std::string before = read_file(bench.run.checkpoints().back());
  EXPECT_EQ(bench.train(toy, 6), Outcome::finished);
  EXPECT_EQ(read_file(bench.run.checkpoints().back()), before);
}

// The toy goes astray at step 4; there are checkpoints of every step before.
std::string astray(const Toy::Meddle& meddle) {
  Bench bench(KeyValues{{"checkpoint_minutes", "1e-9"}, {"learning_rate", "0.125"}});
  Toy toy([&](int64_t step, Toy::Losses& losses, Scalars& terms) {
    if (step == 4) meddle(step, losses, terms);
  });
  const std::string message = message_of<BadInput>([&] { bench.train(toy); });
  EXPECT_TRUE(contains(message, "step 4") && contains(message, "step-00000003") && contains(message, "0.125"))
      << message;
  Toy good;
  EXPECT_EQ(bench.run.load(good, true).step, 3);
  for (const size_t player : {0U, 1U}) EXPECT_TRUE(at::isfinite(good.weight(player)).all().item<bool>());
  return message;
}

TEST(Trainer, ATermThatIsNotFiniteIsNamed) {
  for (const double value : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_TRUE(contains(astray([=](int64_t, Toy::Losses&, Scalars& terms) { terms[1].second.fill_(value); }),
                         "the term 'right'"));
}

TEST(Trainer, APlayerWhoseGradientIsNotFiniteIsNamed) {
  EXPECT_TRUE(contains(astray([](int64_t, Toy::Losses& losses, Scalars&) { losses.right = losses.right * infinity; }),
                       "the gradient of the player 'right'"));
  EXPECT_TRUE(contains(astray([](int64_t, Toy::Losses& losses, Scalars&) { losses.left = losses.left * infinity; }),
                       "the gradient of the player 'left'"));
}

TEST(Trainer, WeightsThatAreNotFiniteAreNeverSaved) {
  Bench bench;
  Toy toy;
  {
    const at::NoGradGuard no_grad;
    toy.weight(1).select(0, 1).fill_(infinity);
  }
  EXPECT_NE(message_of<BadInput>([&] { bench.train(toy); }), "");
  EXPECT_TRUE(bench.run.checkpoints().empty());
}

TEST(Trainer, AFullDiskLeavesTheCheckpointBefore) {
  constexpr int64_t numbers = 10000;
  Bench bench;
  const std::atomic<bool> stop = true;
  Toy first({}, numbers);
  bench.train(first, 0, {{}, &stop});
  const std::string before = read_file(bench.run.checkpoints().back());
  Toy second({}, numbers);
  bench.run.load(second, true);
  std::string message;
  {
    const FullDisk limit(before.size() / 2);
    message = message_of<Error>([&] { bench.train(second, 1, {}); });
  }
  EXPECT_TRUE(contains(message, "step-00000006") && contains(message, "File too large")) << message;
  ASSERT_EQ(bench.run.checkpoints().size(), 1);
  EXPECT_EQ(read_file(bench.run.checkpoints().back()), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(bench.folder / "run/checkpoints"), fs::directory_iterator()), 1);

  Toy third({}, numbers);
  EXPECT_EQ(bench.run.load(third, true).step, 1);
  EXPECT_EQ(bench.train(third, 1), Outcome::finished);
}

// Renamed in the middle: nothing is lost, and it is all in one place.
TEST(Trainer, AFolderThatIsMovedWhileItTrainsIsFound) {
  Bench bench(KeyValues{{"steps", "20"}, {"checkpoint_minutes", "1e-9"}});
  Toy toy([&](int64_t step, Toy::Losses&, Scalars&) {
    if (step == 7) fs::rename(bench.folder / "run", bench.folder / "moved");
  });
  EXPECT_EQ(bench.train(toy), Outcome::finished);
  EXPECT_EQ(bench.run.path(), bench.folder / "moved");
  EXPECT_FALSE(fs::exists(bench.folder / "run"));
  const Run moved = Run::open(bench.folder / "moved");
  EXPECT_EQ(inspect_checkpoint(moved.checkpoints().back()).step, 20);
  EXPECT_EQ(read_metrics(moved.metrics_file()).rows.size(), 10U);
}

TEST(Trainer, AFolderThatIsDeletedWhileItTrainsIsASentence) {
  Bench bench(KeyValues{{"steps", "1000"}, {"log_every", "2"}});
  int64_t steps = 0;
  Toy toy([&](int64_t step, Toy::Losses&, Scalars&) {
    steps = step;
    if (step == 7) fs::remove_all(bench.folder / "run");
  });
  const std::string message = message_of<Error>([&] { bench.train(toy); });
  EXPECT_TRUE(contains(message, "deleted")) << message;
  EXPECT_EQ(steps, 8) << "at the next row, not at the end";
}

TEST(Trainer, DataWithoutImagesIsRefused) {
  Bench bench;
  Toy toy;
  const fakes::Source none{0, 0, {}};
  EXPECT_THROW(refract::train(toy, none, *bench.settings, bench.run, 0, {}), BadInput);
}

}  // namespace
}  // namespace refract
