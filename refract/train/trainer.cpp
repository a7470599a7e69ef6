#include "refract/train/trainer.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/loader.h"
#include "refract/train/averages.h"
#include "refract/train/divergence.h"
#include "refract/train/events.h"
#include "refract/train/machine.h"
#include "refract/train/manifest.h"
#include "refract/train/stepper.h"

namespace refract {
namespace {

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  void restart() { start_ = Clock::now(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

class Training {
 public:
  Training(Method& method, const DataSource& data, const Settings& settings, const Run& run, int64_t first_step,
           const TrainingHooks& hooks);
  Outcome go();

 private:
  [[nodiscard]] Batch batch();
  [[nodiscard]] Update advance();
  void check(const std::string& not_finite) const;
  void log();
  void report();
  void save();
  [[nodiscard]] bool save_is_due() const;

  Method& method_;
  const Settings& settings_;
  const Run& run_;
  const TrainingHooks& hooks_;
  const uint64_t seed_;
  const at::Device device_;
  Loader loader_;
  Stepper stepper_;
  const int64_t steps_;
  int64_t done_;
  MetricsLog metrics_;
  EventWriter events_;
  DivergenceCheck divergence_;
  const double earlier_seconds_;
  TermMeans logged_;
  TermMeans reported_;
  Speed speed_;
  Stopwatch since_start_;
  Stopwatch since_report_;
  Stopwatch since_save_;
};

Training::Training(Method& method, const DataSource& data, const Settings& settings, const Run& run, int64_t first_step,
                   const TrainingHooks& hooks)
    : method_(method),
      settings_(settings),
      run_(run),
      hooks_(hooks),
      seed_(static_cast<uint64_t>(settings.train.seed)),
      device_(method.players().at(0)->parameters().at(0).second.device()),
      loader_(data, method.needs(), settings.train.batch, seed_),
      stepper_(method),
      steps_(total_steps(settings.train, loader_.steps_per_epoch())),
      done_(first_step),
      metrics_(run.metrics_file(), first_step),
      events_(run.events_folder(), first_step + 1),
      divergence_(method),
      earlier_seconds_(metrics_.seconds()) {}

Outcome Training::go() {
  constexpr double report_seconds = 0.25;
  while (done_ < steps_) {
    const Update update = advance();
    const bool last = done_ == steps_;
    const bool stop = !last && hooks_.stop != nullptr && hooks_.stop->load();
    const bool log_now = last || done_ % settings_.train.log_every == 0;
    const bool save_now = last || stop || save_is_due();
    // Looking costs nothing on the CPU; a device would have to catch up first.
    if (device_.is_cpu() || log_now || save_now) check(divergence_.in_step(logged_, update));
    if (log_now) log();
    if (hooks_.report && (last || since_report_.seconds() >= report_seconds)) report();
    if (save_now) save();
    if (stop) return Outcome::interrupted;
  }
  return Outcome::finished;
}

Batch Training::batch() {
  Batch batch = loader_.at(done_);
  for (Tensor* field : batch.fields())
    if (field->defined()) *field = field->to(device_);
  return batch;
}

Update Training::advance() {
  const Stopwatch duration;
  const Batch examples = batch();
  divergence_.begin_step();
  at::manual_seed(mix(seed_, Stream::step, static_cast<uint64_t>(done_)));
  const Stepped stepped = stepper_.step(examples, rate_at(done_, steps_, settings_.train.decay),
                                        static_cast<double>(done_) / static_cast<double>(steps_), method_.phase(done_));
  ++done_;
  logged_.add(stepped.terms);
  reported_.add(stepped.terms);
  speed_.add(duration.seconds());
  return stepped.update;
}

void Training::check(const std::string& not_finite) const {
  if (not_finite.empty()) return;
  const auto checkpoints = run_.checkpoints();
  const std::string good = checkpoints.empty()
                               ? "No checkpoint had been written yet."
                               : fmt::format("The last good checkpoint is {}.", checkpoints.back().string());
  const std::string rate = settings_.options.has("learning_rate")
                               ? fmt::format(" (it was {})", settings_.options.at("learning_rate").text())
                               : "";
  throw BadInput(
      fmt::format("Training {} stopped at step {}: {} is not finite. {} Start a new run with a lower learning_rate{} "
                  "or another seed.",
                  settings_.method, done_, not_finite, good, rate));
}

void Training::log() {
  (void)run_.path();  // throws where the folder is gone: open files of a deleted folder take rows without a word
  const Terms means = logged_.take();
  metrics_.append(done_, earlier_seconds_ + since_start_.seconds(), means);
  events_.scalars(done_, means);
}

void Training::report() {
  since_report_.restart();
  const double rate = speed_.per_second();
  hooks_.report({done_, steps_, rate, static_cast<double>(steps_ - done_) / std::max(rate, 1e-9), reported_.take()});
}

void Training::save() {
  check(divergence_.in_weights());
  run_.save(method_, {done_, settings_.method, at::get_num_threads(), libtorch_version()});
  since_save_.restart();
}

bool Training::save_is_due() const {
  constexpr double seconds_per_minute = 60;
  const double period = settings_.train.checkpoint_minutes * seconds_per_minute;
  return period > 0 && since_save_.seconds() >= period;
}

// After a full disk and the like; "" where the message says it already, or the run is gone.
std::string way_on(std::string_view why, const std::filesystem::path& run) {
  if (why.find("refract resume") != std::string_view::npos || !std::filesystem::exists(run)) return "";
  return fmt::format(" Then `refract resume '{}'` goes on from the last checkpoint.", run.string());
}

}  // namespace

int64_t total_steps(const TrainOptions& options, int64_t steps_per_epoch) {
  if (options.steps > 0) return options.steps;
  return std::max<int64_t>(1, std::llround(options.epochs * static_cast<double>(steps_per_epoch)));
}

double rate_at(int64_t step, int64_t steps, double decay) {
  const double falling = decay * static_cast<double>(steps);
  const auto left = static_cast<double>(steps - step);
  return left >= falling ? 1 : left / falling;
}

Outcome train(Method& method, const DataSource& data, const Settings& settings, const Run& run, int64_t first_step,
              const TrainingHooks& hooks) {
  const RunLock lock(run.path());
  use_threads(settings.train);
  const std::filesystem::path place = run.path();
  try {
    method.train(true);
    const Outcome outcome = Training(method, data, settings, run, first_step, hooks).go();
    method.train(false);
    return outcome;
  } catch (const BadInput&) {
    throw;
  } catch (const Error& error) {
    throw Error(error.what() + way_on(error.what(), place));
  }
}

}  // namespace refract
