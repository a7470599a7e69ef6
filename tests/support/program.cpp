#include "tests/support/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "app/cli/program.h"
#include "refract_places.h"

namespace refract::testing_support {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void redirect(const std::filesystem::path& file, int descriptor) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(opened, descriptor);
}

}  // namespace

Ran refract(const std::vector<std::string>& words) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Ran ran;
  ran.status = run_program("bin/refract", words);
  ran.out = ::testing::internal::GetCapturedStdout();
  ran.err = ::testing::internal::GetCapturedStderr();
  return ran;
}

Process::Process(std::vector<std::string> words, const Environment& environment, const std::function<void()>& prepare) {
  words.insert(words.begin(), REFRACT_PROGRAM);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  id_ = ::fork();
  if (id_ != 0) return;
  for (const auto& [name, value] : environment)
    value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
  redirect(folder_ / "out", STDOUT_FILENO);
  redirect(folder_ / "err", STDERR_FILENO);
  if (prepare) prepare();
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

Process::~Process() {
  if (running_) {
    send(SIGKILL);
    wait();
  }
}

void Process::send(int signal) const {
  ::kill(id_, signal);
}

std::string Process::error_so_far() const {
  return content(folder_ / "err");
}

bool Process::ended() {
  int status = 0;
  if (running_ && ::waitpid(id_, &status, WNOHANG) == id_) {
    running_ = false;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return !running_;
}

// A machine may be slow or busy: only the end of the process, or the whole test's time, ends the wait.
bool Process::says(const std::string& text) {
  while (true) {
    const bool over = ended();
    if (error_so_far().find(text) != std::string::npos) return true;
    if (over) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Ran Process::wait() {
  while (!ended()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return {status_, content(folder_ / "out"), error_so_far()};
}

std::vector<std::string> tiny_training(const std::string& method) {
  return {"train",
          method,
          "--data",
          "embedded-digits",
          "--size",
          "16",
          "--widths",
          "4,4",
          "--steps",
          "4",
          "--batch",
          "4",
          "--threads",
          "1",
          "--log_every",
          "2",
          "--reference_images",
          "30",
          "--unlabelled_images",
          "60",
          "--fit_images",
          "40",
          "--score_images",
          "20"};
}

const std::filesystem::path& tiny_run() {
  static const Folder folder;
  static const std::filesystem::path run = [] {
    std::filesystem::path path = folder.path() / "run";
    std::vector<std::string> words = tiny_training("srbvae");
    words.insert(words.end(), {"--out", path.string()});
    const Ran ran = refract(words);
    if (ran.status != 0) throw std::runtime_error("The tiny run of the tests failed: " + ran.err);
    return path;
  }();
  return run;
}

}  // namespace refract::testing_support
