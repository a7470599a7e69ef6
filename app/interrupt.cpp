#include "app/interrupt.h"

#include <unistd.h>

namespace refract {
namespace {

constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};

// A handler has no other way to reach the program than a variable of static life; it stays within this file.
std::atomic<bool>& flag() {
  static std::atomic<bool> requested{false};
  return requested;
}

void on_signal(int number) {
  if (flag().exchange(true)) ::_exit(128 + number);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  flag() = false;
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals.at(i), nullptr, &before_.at(i));
    const bool nohup = signals.at(i) == SIGHUP && before_.at(i).sa_handler == SIG_IGN;
    if (!nohup) ::sigaction(signals.at(i), &action, nullptr);
  }
}

StopOnSignal::~StopOnSignal() {
  for (size_t i = 0; i < signals.size(); ++i) ::sigaction(signals.at(i), &before_.at(i), nullptr);
}

const std::atomic<bool>& StopOnSignal::requested() {
  return flag();
}

}  // namespace refract
