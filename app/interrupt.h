// SIGINT, SIGTERM and SIGHUP (a terminal that was closed) as a request to stop at the next step.
#pragma once

#include <csignal>

#include <array>
#include <atomic>

namespace refract {

// While one lives, the first signal sets requested() and the second ends the program at once with 128 + its number.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] static const std::atomic<bool>& requested();

 private:
  std::array<struct sigaction, 3> before_{};
};

}  // namespace refract
