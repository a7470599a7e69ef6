#include "app/cli/step_estimate.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>

#include "refract/core/text.h"
#include "refract/data/loader.h"
#include "refract/train/machine.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

constexpr double kKibibyte = 1024;
constexpr double kGibibyte = kKibibyte * kKibibyte * kKibibyte;

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// A line such as "VmRSS:   1234 kB" of a file of the system, in bytes; 0 where there is none.
int64_t bytes_in(const char* file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    int64_t kibibytes = 0;
    if (word == key && lines >> kibibytes) return kibibytes * static_cast<int64_t>(kKibibyte);
  }
  return 0;
}

int64_t resident() {
  return bytes_in("/proc/self/status", "VmRSS:");
}

int64_t weights_bytes(Method& method) {
  int64_t bytes = 0;
  for (Player* player : method.players())
    for (const auto& [name, weight] : player->weights()) bytes += static_cast<int64_t>(weight.nbytes());
  return bytes;
}

// Of fields that hold several batches, as many times the count.
Batch first_images(const Batch& batch, int64_t count) {
  Batch part = batch;
  for (Tensor* field : part.fields()) {
    if (!field->defined()) continue;
    const int64_t times = std::max<int64_t>(1, field->size(0) / batch.size());
    *field = field->narrow(0, 0, std::min(times * count, field->size(0)));
  }
  return part;
}

struct Measured {
  double images, seconds, bytes;
};

// The first step pays for memory that later ones use again. Freed memory stays with the program, so that what it holds
// after a step is the most that it held.
Measured measured(Method& method, const Batch& batch, int64_t images) {
  const Batch part = first_images(batch, images);
  double seconds = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 3; ++step) {
    const Stopwatch watch;
    Update update(1.0, 0.0);
    method.step(part, update);
    if (step > 0) seconds = std::min(seconds, watch.seconds());
    if (step > 0 && seconds > 1) break;
  }
  return {static_cast<double>(images), seconds, static_cast<double>(resident())};
}

double along_line(double x0, double y0, double x1, double y1, double x) {
  return x1 > x0 ? y0 + std::max(0.0, (y1 - y0) / (x1 - x0)) * (x - x0) : y1;
}

// Of a whole batch; where that is not quick, what two parts of it tell.
Measured of_batch(Method& method, const Batch& batch) {
  constexpr double quick = 1.5;  // seconds of a step that may be taken as it is
  const int64_t all = batch.main.x.size(0);
  const int64_t few = std::min(all, std::max<int64_t>(2, method.needs().least_batch));
  const Measured small = measured(method, batch, few);
  const bool whole = small.seconds * static_cast<double>(all) / small.images <= quick;
  const Measured large = measured(method, batch, whole ? all : std::min(all, std::max(2 * few, all / 6)));
  const auto images = static_cast<double>(all);
  return {images, along_line(small.images, small.seconds, large.images, large.seconds, images),
          along_line(small.images, small.bytes, large.images, large.bytes, images)};
}

}  // namespace

StepEstimate estimate_step(const OpenedRun& run) {
  const TrainOptions& options = run.settings->train;
  use_threads(options);
  Loader loader(*run.data, run.method->needs(), options.batch, static_cast<uint64_t>(options.seed));
  const int64_t steps = total_steps(options, loader.steps_per_epoch()) - run.checkpoint.step;
  if (steps <= 0) return {};
  const auto method = run.settings->method_recipe.make(run.method->space());
  const Stopwatch loading;
  const Batch batch = loader.at(0);
  const double load_seconds = loading.seconds();
  ::malloc_trim(0);  // what the program holds is then what it uses

  const Measured step = of_batch(*method, batch);
  const int64_t left = bytes_in("/proc/meminfo", "MemAvailable:");
  return {std::max(load_seconds, step.seconds + load_seconds / thread_count(options)),
          static_cast<int64_t>(step.bytes) - weights_bytes(*method), steps, left > 0 ? left + resident() : 0};
}

std::string estimate_text(const StepEstimate& estimate) {
  const double seconds = estimate.seconds * static_cast<double>(estimate.steps);
  std::string text =
      fmt::format("A step takes about {:.2g} s: {} steps take about {}, and {:.1f} GiB of memory.", estimate.seconds,
                  estimate.steps, duration_text(seconds), static_cast<double>(estimate.bytes) / kGibibyte);
  if (estimate.available > 0 && estimate.bytes > estimate.available)
    text += fmt::format(" This machine has only {:.1f} GiB free now. Use a smaller batch, size or widths.",
                        static_cast<double>(estimate.available) / kGibibyte);
  return text;
}

}  // namespace refract
