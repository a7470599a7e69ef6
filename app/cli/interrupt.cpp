#include "app/cli/interrupt.h"

#include <unistd.h>

#include <algorithm>

namespace refract {
namespace {

constexpr std::array<int, 4> signals = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
constexpr int before_numbers = 128;

// A handler has no other way to reach the program than a variable of static life; it stays within this file.
std::atomic<bool>& flag() {
  static std::atomic<bool> requested{false};
  return requested;
}

std::atomic<int>& first_number() {
  static std::atomic<int> number{SIGINT};
  return number;
}

void on_signal(int number) {
  if (!flag().exchange(true))
    first_number() = number;
  else if (number != SIGXCPU)
    ::_exit(before_numbers + number);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  flag() = false;
  first_number() = SIGINT;  // and a static variable is made before a handler asks for it
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

int StopOnSignal::status() {
  return before_numbers + first_number();
}

bool was_stopped(int status) {
  return std::count(signals.begin(), signals.end(), status - before_numbers) > 0;
}

}  // namespace refract
