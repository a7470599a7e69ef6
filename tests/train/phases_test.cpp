// Trainings in several phases, and what a run records of the labels that its method sees.
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "refract/train/metrics_log.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::train_all;

// Notes the phase of every step; the third begins another.
class InPhases : public testing_support::Toy {
 public:
  [[nodiscard]] int64_t phase(int64_t step) const override { return step < 2 ? 1 : 0; }
  Scalars step(const Batch& batch, Update& update) override {
    phases.push_back(update.phase());
    return Toy::step(batch, update);
  }
  std::vector<int64_t> phases;
};

TEST(Phases, AreToldToEachStep) {
  const TempFolder folder;
  const auto settings = tiny("vae", {{"steps", "4"}});
  const fakes::Source data = testing_support::toy_data();
  const refract::Run run = refract::Run::create(folder / "run", *settings, data.info(), "");
  InPhases method;
  train(method, data, *settings, run, 0, {});
  EXPECT_EQ(method.phases, (std::vector<int64_t>{1, 1, 0, 0}));
}

// Stopped after every step, in both phases, with statistics of batch normalisation or without.
TEST(Phases, ResumingEqualsNotStopping) {
  for (const char* architecture : {"pooled", "normed5"}) {
    const TempFolder folder;
    const KeyValues changes = {{"classifier_steps", "3"}, {"architecture", architecture}};
    OpenedRun whole = start_run(folder / "whole", tiny("mathieupairs", changes), "");
    train_all(whole);
    const std::atomic<bool> stop = true;
    OpenedRun first = start_run(folder / "stopped", tiny("mathieupairs", changes), "");
    const auto one_step = [&](OpenedRun& run) {
      return train(*run.method, *run.data, *run.settings, run.run, run.checkpoint.step, {{}, &stop});
    };
    ASSERT_EQ(one_step(first), Outcome::interrupted);
    Outcome outcome = Outcome::interrupted;
    while (outcome == Outcome::interrupted) {
      OpenedRun next = resume_run(first.run.path());
      outcome = one_step(next);
    }
    EXPECT_TRUE(read_file(whole.run.checkpoints().back()) == read_file(first.run.checkpoints().back())) << architecture;
    const MetricsTable log = read_metrics(whole.run.metrics_file());
    EXPECT_EQ(log.rows.size(), 3U) << "rows of both phases have the same columns";
  }
}

TEST(LabelOptions, AreRecordedAsTheDataHasThem) {
  const TempFolder folder;
  const OpenedRun started = start_run(folder / "run", tiny("mathieupairs"), "");
  const auto recorded = refract::Run::open(folder / "run").settings();
  EXPECT_EQ(recorded->options.at("classes").text(), "10");
  EXPECT_EQ(recorded->options.at("label_columns").text(), "0");
  EXPECT_EQ(started.method->needs().classes, std::vector<int64_t>{10});
}

// What a run is compared with is untrained, and in the mode of use: its codes do not depend on the batch.
TEST(Untrained, IsInTheModeOfUse) {
  const TempFolder folder;
  OpenedRun opened = start_run(folder / "run", tiny("vae", {{"architecture", "normed5"}}), "");
  const auto differs = [&](const Model& model) {
    const at::NoGradGuard no_grad;
    const Tensor x = opened.data->examples(Split::unlabelled, {0, 1, 2, 3});
    return (model.encode(x).at(0).slice(0, 0, 1) - model.encode(x.slice(0, 0, 1)).at(0)).abs().max().item<double>();
  };
  EXPECT_LT(differs(*opened.method), 1e-4);
  train_all(opened);
  EXPECT_LT(differs(*opened.method), 1e-4);
  EXPECT_LT(differs(*opened.untrained()), 1e-4);
  EXPECT_LT(differs(*open_run(folder / "run", false).method), 1e-4);
}

}  // namespace
}  // namespace refract
