#include "refract/train/machine_limits.h"

#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/tensor.h"

namespace refract {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;
constexpr size_t kBuffer = 128 * kMebibyte;  // OpenBLAS's, for each thread that multiplies
constexpr size_t kMargin = 64 * kMebibyte;   // what else the libraries take when they load: 45 MiB with LibTorch 1.13
constexpr size_t kWork = 128 * kMebibyte;    // what the smallest training takes; oneDNN crashes where it gets none

// Address space as OpenBLAS takes it, as long as it lives.
class Room {
 public:
  explicit Room(size_t bytes)
      : bytes_(bytes),
        start_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Room() {
    if (found()) ::munmap(start_, bytes_);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  [[nodiscard]] bool found() const { return start_ != MAP_FAILED; }  // NOLINT: MAP_FAILED is a cast

 private:
  size_t bytes_;
  void* start_;
};

int processors() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof(set), &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

bool has_openblas() {
  return ::dlsym(RTLD_DEFAULT, "openblas_get_corename") != nullptr;
}

// The number that a variable holds; 0 where it holds none. getenv does not work before libc has begun.
int number_in(char** environment, const char* name) {
  const size_t length = std::strlen(name);
  for (char** line = environment; *line != nullptr; ++line)
    if (std::strncmp(*line, name, length) == 0 && (*line)[length] == '=') return std::atoi(*line + length + 1);
  return 0;
}

// The threads for which OpenBLAS takes buffers when it loads.
int blas_threads(char** environment) {
  int threads = processors();
  for (const char* name : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"})
    if (const int wanted = number_in(environment, name); wanted > 0) threads = std::min(threads, wanted);
  return threads;
}

rlim_t limit_of(int resource) {
  rlimit limit{};
  return ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

std::string limit_text(int resource, rlim_t unit) {
  const rlim_t limit = limit_of(resource);
  return limit == RLIM_INFINITY ? "unlimited" : fmt::format("{}", limit / unit);
}

bool memory_is_limited() {
  return limit_of(RLIMIT_AS) != RLIM_INFINITY || limit_of(RLIMIT_DATA) != RLIM_INFINITY;
}

// So many threads at once, all of them waiting for the last.
void start_together(int count) {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::vector<std::thread> threads;
  const auto end_all = [&] {
    {
      const std::lock_guard lock(mutex);
      done = true;
    }
    changed.notify_all();
    for (std::thread& thread : threads) thread.join();
  };
  try {
    for (int i = 0; i < count; ++i)
      threads.emplace_back([&] {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return done; });
      });
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

}  // namespace

void expect_room_to_load(int /*count*/, char** /*arguments*/, char** environment) {
  const int threads = has_openblas() ? blas_threads(environment) : 0;
  const size_t bytes = static_cast<size_t>(threads) * kBuffer + kMargin;
  if (Room(bytes).found()) return;
  ::dprintf(STDERR_FILENO,
            "refract: Starting: LibTorch and OpenBLAS with %d threads take %zu MiB of memory more than the system lets "
            "this process have. Raise the limit (`ulimit -v`, `ulimit -d`), or take fewer threads with "
            "OMP_NUM_THREADS=1.\n",
            threads, bytes / kMebibyte);
  ::_exit(1);
}

void expect_threads(int threads) {
  const int more = std::max(0, threads - processors());
  const Room room(static_cast<size_t>(1 + (has_openblas() ? more : 0)) * kBuffer + kWork);
  try {
    if (!room.found()) throw std::bad_alloc();
    // A pool of LibTorch's, OpenMP's, less the one that asks, and the loader's and a spare.
    start_together(2 * threads);
  } catch (const std::exception&) {
    throw Error(
        fmt::format("Starting: the system refused {} threads or the memory for them. This process may have {} threads "
                    "(`ulimit -u`) and {} KiB of memory (`ulimit -v`). Raise the limits, or take fewer threads with "
                    "OMP_NUM_THREADS=1 or, for a training, --threads 1.",
                    threads, limit_text(RLIMIT_NPROC, 1), limit_text(RLIMIT_AS, 1024)));
  }
}

void take_buffers_if_limited() {
  constexpr int64_t enough = 512;  // for OpenBLAS to use all threads
  if (memory_is_limited()) at::mm(at::zeros({enough, enough}), at::zeros({enough, enough}));
}

}  // namespace refract
