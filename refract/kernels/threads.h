// Dynamic scheduling of independent tasks on LibTorch's threads.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace refract {

// Calls work(0), ..., work(tasks - 1), each on one thread. A thread takes the next task when it has finished one, so
// that a core which other programs also use does not delay the rest.
template <class Work>
void for_each_task(int64_t tasks, const Work& work) {
  std::atomic<int64_t> next = 0;
  const int64_t threads = std::min<int64_t>(tasks, at::get_num_threads());
  at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
    for (int64_t thread = from; thread < to; ++thread)
      for (int64_t task = next++; task < tasks; task = next++) work(task);
  });
}

}  // namespace refract
