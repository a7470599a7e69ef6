// SIGINT, SIGTERM, SIGHUP (a terminal that was closed) and SIGXCPU (`ulimit -t`) as a request to stop at the next step.
#pragma once

#include <csignal>

#include <array>
#include <atomic>

namespace refract {

// While one lives, the first signal sets requested() and the second ends the program at once with 128 + its number;
// but not a second SIGXCPU, which the system sends every second.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] static const std::atomic<bool>& requested();

  // The exit code for a program that stopped as requested: 128 + the number of the first signal, as shells have it.
  [[nodiscard]] static int status();

 private:
  std::array<struct sigaction, 4> before_{};
};

// Whether a process of this program with this exit code stopped for a signal.
bool was_stopped(int status);

}  // namespace refract
