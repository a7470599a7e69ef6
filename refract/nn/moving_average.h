// A copy of a generator whose weights are a moving average of those that train: smoother samples (Yazici et al. 2019).
#pragma once

#include <memory>

#include "refract/nn/generator.h"

namespace refract {

// The weights and statistics of `copy` are buffers of this module, under their names with "_" for ".", so that a player
// that owns it stores them and moves them between devices.
class MovingAverage : public torch::nn::Module {
 public:
  // `copy` is built like `live`; it takes its weights now, and behaves as in use. A step moves them by 1 - `decay` of
  // the way to those of `live`.
  MovingAverage(std::shared_ptr<Generator> live, std::shared_ptr<Generator> copy, double decay);

  void follow();
  [[nodiscard]] const Generator& generator() const { return *copy_; }

 private:
  std::shared_ptr<Generator> live_, copy_;
  double decay_;
};

}  // namespace refract
