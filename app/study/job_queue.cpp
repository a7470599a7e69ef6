#include "app/study/job_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>

#include "app/cli/interrupt.h"
#include "refract/core/errors.h"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace refract {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* ends_with_parent = "REFRACT_ENDS_WITH_PARENT";

struct Running {
  size_t task;
  Clock::time_point start;
};

// In a process group of its own, so that Ctrl-C on a terminal reaches it through this program alone.
pid_t start(const ProcessTask& task) {
  std::vector<char*> words = {const_cast<char*>("refract")};                                    // NOLINT
  for (const std::string& word : task.words) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT
  words.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, task.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t id = 0;
  const int failure = ::posix_spawn(&id, task.program.c_str(), &files, &attributes, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0)
    throw Error(
        fmt::format("Starting {}, with its output in {}: {}.", task.name, task.log.string(), std::strerror(failure)));
  return id;
}

// Where this program is killed, the system ends its children, which then write a checkpoint.
class EndsWithParent {
 public:
  EndsWithParent() { ::setenv(ends_with_parent, "1", 1); }
  ~EndsWithParent() { ::unsetenv(ends_with_parent); }
  EndsWithParent(const EndsWithParent&) = delete;
  EndsWithParent& operator=(const EndsWithParent&) = delete;
};

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

class Children {
 public:
  Children() = default;
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  // After an exception: none goes on alone.
  ~Children() {
    tell(SIGTERM);
    for (const auto& [id, running] : running_) ::waitpid(id, nullptr, 0);
  }

  [[nodiscard]] size_t count() const { return running_.size(); }
  [[nodiscard]] std::vector<size_t> tasks() const {
    std::vector<size_t> all;
    for (const auto& [id, running] : running_) all.push_back(running.task);
    return all;
  }
  void add(size_t index, const ProcessTask& task) { running_.emplace(start(task), Running{index, Clock::now()}); }
  void tell(int signal) const {
    for (const auto& [id, running] : running_) ::kill(id, signal);
  }
  // Those that have ended since.
  std::vector<ProcessEnd> take_ended() {
    std::vector<ProcessEnd> ends;
    for (auto it = running_.begin(); it != running_.end();) {
      int status = 0;
      if (::waitpid(it->first, &status, WNOHANG) != it->first) {
        ++it;
        continue;
      }
      const double seconds = std::chrono::duration<double>(Clock::now() - it->second.start).count();
      ends.push_back({it->second.task, exit_status(status), seconds});
      it = running_.erase(it);
    }
    return ends;
  }

 private:
  EndsWithParent for_new_ones_;
  std::map<pid_t, Running> running_;
};

}  // namespace

double queue_seconds(const std::vector<double>& each, int at_once) {
  std::vector<double> free_at(static_cast<size_t>(at_once), 0);
  for (const double seconds : each) *std::min_element(free_at.begin(), free_at.end()) += seconds;
  return *std::max_element(free_at.begin(), free_at.end());
}

void end_with_parent_if_asked() {
  if (std::getenv(ends_with_parent) != nullptr) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
}

bool run_all(const std::vector<ProcessTask>& tasks, int at_once, const std::function<void(const ProcessEnd&)>& ended,
             const std::function<void(const std::vector<size_t>& running)>& waiting) {
  constexpr auto pause = std::chrono::milliseconds(200);
  const StopOnSignal signals;
  Children children;
  bool told = false;
  for (size_t next = 0; next < tasks.size() || children.count() > 0;) {
    const bool stop = StopOnSignal::requested();
    if (stop && children.count() == 0) return false;
    if (stop && !told) children.tell(SIGINT);
    told = stop;
    while (!stop && next < tasks.size() && children.count() < static_cast<size_t>(at_once)) {
      children.add(next, tasks[next]);
      ++next;
    }
    std::this_thread::sleep_for(pause);
    for (const ProcessEnd& end : children.take_ended()) ended(end);
    waiting(children.tasks());
  }
  return !StopOnSignal::requested();
}

}  // namespace refract
