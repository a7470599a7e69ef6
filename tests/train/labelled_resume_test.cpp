// What the options of the adversarial methods add to a step is a function of the stored state and the step's number:
// power iterations, the moving average, augmentation, classifiers that start anew.
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::train_all;

class LabelledResume : public testing::TestWithParam<std::string> {};

TEST_P(LabelledResume, EqualsNotStoppingBitForBit) {
  const TempFolder folder;
  const auto settings = [] {
    auto all = tiny(GetParam(), {{"steps", "7"}});
    for (const auto& [key, value] : KeyValues{{"generator_average", "0.9"},
                                              {"probe_restart", "2"},
                                              {"augmentation", "colour-translation-cutout"},
                                              {"adversarial_loss", "hinge"},
                                              {"discriminator_depth", "2"},
                                              {"n_gm", "2"},
                                              {"latent_u", "4"},
                                              {"latent_s", "3"}})
      if (all->options.has(key)) all->options.set(key, value);
    return all;
  };
  OpenedRun whole = start_run(folder / "whole", settings(), "");
  train_all(whole);
  OpenedRun next = start_run(folder / "stopped", settings(), "");
  const std::atomic<bool> stop = true;
  while (train(*next.method, *next.data, *next.settings, next.run, next.checkpoint.step, {{}, &stop}) ==
         Outcome::interrupted)
    next = resume_run(folder / "stopped");
  EXPECT_TRUE(read_file(whole.run.checkpoints().back()) == read_file(next.run.checkpoints().back()));
}

INSTANTIATE_TEST_SUITE_P(All, LabelledResume, testing::Values("lrlivae", "cvae", "cvaegan", "cgan"),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace refract
