#include "app/study/step_speed.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>

#include "refract/data/loader.h"

namespace refract {

double seconds_of_a_step(const Settings& settings) {
  using Clock = std::chrono::steady_clock;
  const auto data = settings.data_recipe.make();
  const auto method = settings.method_recipe.make(data->info().space);
  Loader loader(*data, method->needs(), settings.train.batch, 1);
  const Batch batch = loader.at(0);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  double best = 1e9;
  for (int step = 0; step < 3; ++step) {
    const auto start = Clock::now();
    Update update;
    method->step(batch, update);
    if (step > 0) best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  at::set_num_threads(threads);
  return best;
}

}  // namespace refract
