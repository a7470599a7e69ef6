// Progress of work that several threads share.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "refract/core/progress.h"

namespace refract {

class ProgressCounter {
 public:
  // `on_progress` may be empty, and must outlive the counter.
  ProgressCounter(const OnProgress& on_progress, std::string what, int64_t total)
      : on_progress_(on_progress), progress_{std::move(what), 0, total} {}

  // Any number of threads may call.
  void add(int64_t done = 1) {
    if (!on_progress_) return;
    const std::lock_guard lock(mutex_);
    progress_.done += done;
    on_progress_(progress_);
  }

 private:
  const OnProgress& on_progress_;
  std::mutex mutex_;
  Progress progress_;
};

}  // namespace refract
