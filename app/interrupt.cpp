#include "app/interrupt.h"

#include <unistd.h>

namespace refract {
namespace {

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
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
}

StopOnSignal::~StopOnSignal() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
}

const std::atomic<bool>& StopOnSignal::requested() {
  return flag();
}

}  // namespace refract
