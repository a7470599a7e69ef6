#include "app/cli/step_estimate.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "refract/train/trainer.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Ran;

std::vector<std::string> training(const std::string& out) {
  std::vector<std::string> words = testing_support::tiny_training("srbvae");
  words.insert(words.end(), {"--no-evaluation", "--json", "--out", out});
  return words;
}

TEST(StepEstimate, StandsBeforeTheFirstStep) {
  const Folder folder;
  const Ran ran = testing_support::refract(training(folder / "run"));
  ASSERT_EQ(ran.status, 0) << ran.err;
  const size_t place = ran.err.find("A step takes about ");
  ASSERT_NE(place, std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(": 4 steps take about 0 s, and ", place), std::string::npos) << ran.err;
  EXPECT_LT(place, ran.err.find("step 4 of 4")) << ran.err;
  const auto estimate = nlohmann::json::parse(ran.out).at("estimate");
  EXPECT_GT(estimate.at("step_seconds"), 0);
  EXPECT_GT(estimate.at("memory_bytes"), 50 << 20);

  const Ran again = testing_support::refract({"resume", folder / "run", "--no-evaluation"});
  EXPECT_EQ(again.err.find("A step takes"), std::string::npos) << "nothing is left: " << again.err;
}

TEST(StepEstimate, ChangesNothingOfWhatIsTrained) {
  const Folder folder;
  ASSERT_EQ(testing_support::refract(training(folder / "with")).status, 0);
  OpenedRun without =
      start_run(folder / "without", Settings::read(std::filesystem::path(folder / "with") / "options.toml"), "");
  train(*without.method, *without.data, *without.settings, without.run, 0, {});
  const std::string last = "/checkpoints/step-00000004.safetensors";
  EXPECT_TRUE(read_file(folder / ("with" + last)) == read_file(folder / ("without" + last)));
}

TEST(StepEstimate, SaysWhatTheMachineLacks) {
  const StepEstimate estimate{20.4, int64_t{5} << 30, 8000, int64_t{8} << 30};
  EXPECT_EQ(estimate_text(estimate),
            "A step takes about 20 s: 8000 steps take about 45 h 20 min, and 5.0 GiB of memory.");
  StepEstimate more = estimate;
  more.available = int64_t{3} << 30;
  EXPECT_NE(estimate_text(more).find("This machine has only 3.0 GiB free now. Use a smaller batch"), std::string::npos);
  more.available = 0;
  EXPECT_EQ(estimate_text(more), estimate_text(estimate));
}

}  // namespace
}  // namespace refract
