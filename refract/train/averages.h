// Running figures of a training: means of its terms, and its speed.
#pragma once

#include <string>
#include <vector>

#include "refract/methods/method.h"
#include "refract/train/metrics_log.h"

namespace refract {

// Means of the terms over a window of steps. They are summed on the device where they are; only reading waits for it.
class TermMeans {
 public:
  void add(const Scalars& terms);

  // The first term that was not finite in any step of the window; "" where all were. Reads the device.
  [[nodiscard]] std::string not_finite() const;

  // The means, and a new window. Empty where nothing was added. Reads the device.
  Terms take();

 private:
  std::vector<std::string> names_;
  Tensor sums_;  // [terms], double
  int64_t steps_ = 0;
};

// Steps a second, smoothed over the last half minute or so.
class Speed {
 public:
  void add(double seconds);                 // one more step, which took this long
  [[nodiscard]] double per_second() const;  // 0 before the first step

 private:
  double steps_ = 0;
  double seconds_ = 0;
};

}  // namespace refract
