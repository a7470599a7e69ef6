// What only a process of its own shows: exit codes, signals, and the settings made before LibTorch loads.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using nlohmann::json;
using testing::Folder;
using testing::Process;
using testing::Ran;

std::vector<std::string> long_training(const std::string& out) {
  std::vector<std::string> words = testing::tiny_training("vae");
  words.insert(words.end(), {"--steps", "100000000", "--json", "--out", out});
  return words;
}

TEST(Process, MainTurnsBadInputIntoStatusTwo) {
  const Ran ran = Process({"trian"}).wait();
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.err, "refract: There is no command 'trian'. The nearest is 'train'; `refract --help` shows all.\n");
}

TEST(Process, InterruptedTrainingWritesACheckpointAndSaysHowToGoOn) {
  const Folder folder;
  Process training(long_training(folder / "run"));
  ASSERT_TRUE(training.says("step ")) << training.error_so_far();
  training.send(SIGINT);
  const Ran ran = training.wait();
  EXPECT_EQ(ran.status, 130) << ran.err;
  EXPECT_NE(ran.err.find("refract resume " + folder / "run"), std::string::npos) << ran.err;
  const json result = json::parse(ran.out);
  EXPECT_EQ(result.at("outcome"), "interrupted");
  const Ran info = testing::refract({"info", folder / "run", "--json"});
  EXPECT_EQ(json::parse(info.out).at("step"), result.at("step"));
}

TEST(Process, ChoosesKernelsForTheProcessorOnceAndLeavesTheUsersChoiceAlone) {
  const Ran ran =
      Process({"info", "--machine", "--json"},
              {{"OPENBLAS_CORETYPE", "Haswell"}, {"ATEN_CPU_CAPABILITY", ""}, {"REFRACT_MACHINE_SET_UP", ""}})
          .wait();
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json machine = json::parse(ran.out);
  EXPECT_EQ(machine.at("OPENBLAS_CORETYPE"), "Haswell (from the environment)");
  if (machine.at("vector instructions") == "AVX-512") {
    EXPECT_EQ(machine.at("ATEN_CPU_CAPABILITY"), "avx512 (chosen by refract)");
  }
  EXPECT_GT(machine.at("fma_gflops"), 0.1);
  EXPECT_GT(machine.at("gemm_gflops"), 0.1);
}

}  // namespace
}  // namespace refract
