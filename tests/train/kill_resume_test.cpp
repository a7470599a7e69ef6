// The test of tests: a training killed without warning, at random moments, and resumed each time, ends with the very
// bytes of one that nobody disturbed. REFRACT_TEST_KILLS sets how many kills; the default keeps the suite quick.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::TempFolder;
using testing_support::tiny;

constexpr int64_t kKillSteps = 120;
constexpr const char* run_variable = "REFRACT_TEST_KILL_RUN";

// What the child process does, in which this same program runs this one test: begin the run, or go on with it.
TEST(KillResume, DISABLED_Child) {
  const fs::path directory = std::getenv(run_variable);
  const KeyValues changes = {{"steps", std::to_string(kKillSteps)}, {"log_every", "1"}, {"checkpoint_minutes", "1e-5"}};
  OpenedRun opened =
      fs::exists(directory) ? resume_run(directory) : start_run(directory, tiny("srbvae", changes), "kill_resume_test");
  train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {});
}

class Child {
 public:
  explicit Child(const fs::path& run) {
    const std::string self = fs::read_symlink("/proc/self/exe").string();
    std::string filter = "--gtest_filter=KillResume.DISABLED_Child";
    std::string also = "--gtest_also_run_disabled_tests";
    std::string brief = "--gtest_brief=1";
    std::string name = self;
    const std::array<char*, 5> arguments = {name.data(), filter.data(), also.data(), brief.data(), nullptr};
    ::setenv(run_variable, run.c_str(), 1);
    if (::posix_spawn(&id_, self.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) std::abort();
  }

  void kill() const { ::kill(id_, SIGKILL); }

  // Whether it came to its end by itself, with success.
  [[nodiscard]] bool finished() const {
    int status = 0;
    ::waitpid(id_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << "the child failed";
    return WIFEXITED(status);
  }

 private:
  pid_t id_ = 0;
};

int64_t kills_wanted() {
  const char* given = std::getenv("REFRACT_TEST_KILLS");
  return given == nullptr ? 6 : std::atoll(given);
}

std::vector<std::vector<double>> logged_terms(const fs::path& run) {
  auto rows = read_metrics(run / "metrics.csv").rows;
  for (auto& row : rows) row.at(1) = 0;  // seconds differ
  return rows;
}

void expect_identical(const fs::path& a, const fs::path& b) {
  const fs::path last = "checkpoints/step-00000120.safetensors";
  ASSERT_TRUE(fs::exists(a / last) && fs::exists(b / last));
  EXPECT_TRUE(read_file(a / last) == read_file(b / last)) << "the final checkpoints differ";
  EXPECT_EQ(logged_terms(a).size(), static_cast<size_t>(kKillSteps));
  EXPECT_EQ(logged_terms(a), logged_terms(b));
}

TEST(KillResume, EndsWithTheBytesOfAnUndisturbedRun) {
  const TempFolder folder;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(Child(folder / "whole").finished());
  const std::chrono::duration<double> whole_run = std::chrono::steady_clock::now() - start;

  const auto seed = std::random_device()();
  SCOPED_TRACE(::testing::Message() << "seed of the moments: " << seed);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> moment(0, whole_run.count());
  int64_t kills = 0;
  for (int64_t run = 0; kills < kills_wanted(); ++run) {
    const fs::path killed = folder / ("killed-" + std::to_string(run));
    for (bool done = false; !done;) {
      const Child child(killed);
      if (kills < kills_wanted()) {
        std::this_thread::sleep_for(std::chrono::duration<double>(moment(random)));
        child.kill();
      }
      done = child.finished();
      if (!done) ++kills;
    }
    expect_identical(folder / "whole", killed);
  }
}

}  // namespace
}  // namespace refract
