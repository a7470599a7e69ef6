// Several processes of this program, a few at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace refract {

struct ProcessTask {
  std::string name;
  std::vector<std::string> words;  // after the program's name
  std::filesystem::path log;       // what it prints is appended here
  std::string program = "/proc/self/exe";
};

struct ProcessEnd {
  size_t task = 0;     // its place in the list
  int status = 0;      // 128 + the number of a signal that ended it
  double seconds = 0;  // that it took
};

// Runs all tasks in their order, at most `at_once` together, and calls ended() after each. After SIGINT or SIGTERM
// nothing new is started, the signal is passed on, and the running ones are waited for; then the result is false.
// `waiting` is called a few times a second with the tasks that run.
bool run_all(const std::vector<ProcessTask>& tasks, int at_once, const std::function<void(const ProcessEnd&)>& ended,
             const std::function<void(const std::vector<size_t>& running)>& waiting);

// That run_all takes, of tasks that take so long each, in their order.
double queue_seconds(const std::vector<double>& each, int at_once);

// In a process that run_all started: SIGTERM comes when the process that started it ends.
void end_with_parent_if_asked();

}  // namespace refract
