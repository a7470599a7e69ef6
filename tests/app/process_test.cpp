// What only a process of its own shows: exit codes, signals, and the settings made before LibTorch loads.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "refract_places.h"
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

int status_of(const std::string& words) {
  const int status = std::system((std::string(REFRACT_PROGRAM) + " " + words).c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// As when the terminal was closed, or the disk is full.
TEST(Process, GoesOnWithoutSomebodyToTellAndFailsWithoutPlaceForItsAnswer) {
  const Folder folder;
  EXPECT_EQ(status_of("nope 2>/dev/full"), 2);
  EXPECT_EQ(status_of("train vae --data embedded-digits --size 16 --widths 4,4 --steps 2 --batch 2 --no-evaluation "
                      "--out " +
                      folder / "run" + " >/dev/null 2>/dev/full"),
            0);
  EXPECT_TRUE(std::filesystem::exists(folder / "run/checkpoints/step-00000002.safetensors"));
  EXPECT_EQ(status_of("list data >/dev/full 2>/dev/null"), 1);
}

TEST(Process, InterruptedTrainingWritesACheckpointAndSaysHowToGoOn) {
  for (const int signal : {SIGINT, SIGHUP}) {
    const Folder folder;
    Process training(long_training(folder / "run"));
    ASSERT_TRUE(training.says("step ")) << training.error_so_far();
    training.send(signal);
    const Ran ran = training.wait();
    EXPECT_EQ(ran.status, 130) << ran.err;
    EXPECT_NE(ran.err.find("refract resume " + folder / "run"), std::string::npos) << ran.err;
    const json result = json::parse(ran.out);
    EXPECT_EQ(result.at("outcome"), "interrupted");
    const Ran info = testing::refract({"info", folder / "run", "--json"});
    EXPECT_EQ(json::parse(info.out).at("step"), result.at("step"));
  }
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
