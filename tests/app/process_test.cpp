// What only a process of its own shows: exit codes, signals, and the settings made before LibTorch loads.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "refract_places.h"
#include "tests/data/support.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::Folder;
using testing_support::Process;
using testing_support::Ran;

std::vector<std::string> long_training(const std::string& out) {
  std::vector<std::string> words = testing_support::tiny_training("vae");
  words.insert(words.end(), {"--steps", "100000000", "--json", "--out", out});
  return words;
}

TEST(Process, MainTurnsBadInputIntoStatusTwo) {
  const Ran ran = Process({"trian"}).wait();
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.err, "refract: There is no command 'trian'. The nearest is 'train'; `refract --help` shows all.\n");
}

int status_of(const std::string& words) {
  const int status = std::system(fmt::format("{} {}", REFRACT_PROGRAM, words).c_str());
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
  for (const char* words : {"list data", "--help", "", "help", "--version", "version", "train --help",
                            "list methods --json", "help sample", "options", "docs"})
    EXPECT_EQ(status_of(std::string(words) + " >/dev/full 2>/dev/null"), 1) << words;
}

TEST(Process, InterruptedTrainingWritesACheckpointAndSaysHowToGoOn) {
  for (const int signal : {SIGINT, SIGHUP, SIGTERM, SIGXCPU}) {
    const Folder folder;
    Process training(long_training(folder / "run"));
    ASSERT_TRUE(training.says("steps/s")) << training.error_so_far();
    training.send(signal);
    const Ran ran = training.wait();
    EXPECT_EQ(ran.status, 128 + signal) << ran.err;
    EXPECT_NE(ran.err.find("refract resume " + folder / "run"), std::string::npos) << ran.err;
    const json result = json::parse(ran.out);
    EXPECT_EQ(result.at("outcome"), "interrupted");
    const Ran info = testing_support::refract({"info", folder / "run", "--json"});
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

// Of the process that starts next; and it ends after a minute, whatever it waits for.
std::function<void()> with_limit(__rlimit_resource_t resource, rlim_t most) {
  return [=] {
    const rlimit limit{most, most};
    ::setrlimit(resource, &limit);
    ::alarm(60);
  };
}

std::vector<std::string> short_training(const std::string& out) {
  std::vector<std::string> words = testing_support::tiny_training("vae");
  words.insert(words.end(), {"--no-evaluation", "--out", out});
  return words;
}

// In any of these OpenBLAS waited for memory for ever, or LibTorch ended with a C++ exception that nobody caught.
TEST(Process, LittleMemoryIsASentenceAndNeverAHang) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer takes terabytes of address space";
#endif
  constexpr rlim_t mebibyte = 1 << 20;
  int refused = 0;
  for (rlim_t limit = 600; limit <= 1400; limit += 50) {
    const Folder folder;
    const Ran ran = Process(short_training(folder / "run"), {}, with_limit(RLIMIT_AS, limit * mebibyte)).wait();
    if (ran.status == 0) continue;
    ++refused;
    EXPECT_EQ(ran.status, 1) << limit << " MiB: " << ran.err;
    EXPECT_EQ(ran.err.find("refract: Starting: "), 0U) << limit << " MiB: " << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
  EXPECT_GT(refused, 3);
  const Ran data = Process({"list", "data"}, {}, with_limit(RLIMIT_DATA, 100 * mebibyte)).wait();
  EXPECT_EQ(data.status, 1) << data.err;
  EXPECT_EQ(data.err.find("refract: Starting: "), 0U) << data.err;
}

// The limit does not bind root.
TEST(Process, NoThreadsIsASentenceAndNeverAHang) {
  constexpr uid_t nobody = 65534;
  const Folder folder;
  const auto few_threads = [&](rlim_t most) {
    return [=] {
      if (::geteuid() == 0 && ::setuid(nobody) != 0) ::_exit(127);
      with_limit(RLIMIT_NPROC, most)();
    };
  };
  if (Process({"version"}, {}, few_threads(1000)).wait().status != 0)
    GTEST_SKIP() << "another user may not run the program";
  const Ran ran = Process(short_training(folder / "run"), {}, few_threads(1)).wait();
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_NE(ran.err.find("This process may have 1 threads"), std::string::npos) << ran.err;
}

// 200 kB that unpack to more than 3 GiB are refused before they are held.
TEST(Process, APackedTableThatUnpacksToTooMuchTakesNoMemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer takes terabytes of address space";
#endif
  constexpr rlim_t mebibyte = 1 << 20;
  const Folder folder;
  const std::string member = testing_support::gzip(std::string(64 * mebibyte, ','));
  std::string packed;
  for (int i = 0; i < 49; ++i) packed += member;
  write_file(folder / "rows.csv.gz", packed);
  const Ran ran = Process({"train", "vae", "--table", folder / "rows.csv.gz", "--out", folder / "run"}, {},
                          with_limit(RLIMIT_AS, 2500 * mebibyte))
                      .wait();
  EXPECT_EQ(ran.status, 2) << ran.err;
  EXPECT_NE(ran.err.find("bytes when it is unpacked, found more"), std::string::npos) << ran.err;
}

TEST(Process, AFileThatMayNotGrowLeavesNothingUnfinished) {
  const Folder folder;
  const Ran ran = Process(short_training(folder / "run"), {}, with_limit(RLIMIT_FSIZE, 16384)).wait();
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_NE(ran.err.find("File too large"), std::string::npos) << ran.err;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
}

TEST(Process, ThreadsBeyondSenseAreRefusedAtOnce) {
  std::vector<std::string> words = short_training(Folder() / "run");
  words.insert(words.end(), {"--threads", "4096"});
  const Ran ran = Process(words, {}, with_limit(RLIMIT_CPU, 20)).wait();
  EXPECT_EQ(ran.status, 2) << ran.err;
  EXPECT_NE(ran.err.find("Option threads: expected at most"), std::string::npos) << ran.err;
}

TEST(Process, AFolderThatIsMovedWhileItTrainsHasEverythingInIt) {
  const Folder folder;
  Process training(long_training(folder / "run"));
  ASSERT_TRUE(training.says("steps/s")) << training.error_so_far();
  std::filesystem::rename(folder / "run", folder / "moved");
  training.send(SIGINT);
  const Ran ran = training.wait();
  EXPECT_EQ(ran.status, 130) << ran.err;
  EXPECT_NE(ran.err.find("refract resume " + folder / "moved"), std::string::npos) << ran.err;
  EXPECT_EQ(testing_support::refract({"info", folder / "moved"}).status, 0);
}

}  // namespace
}  // namespace refract
