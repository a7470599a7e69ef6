#include "refract/nn/moving_average.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace refract {
namespace {

// Parameters and buffers, in an order of their own.
std::vector<std::pair<std::string, Tensor>> all_of(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, Tensor>> all;
  for (const auto& item : module.named_parameters()) all.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) all.emplace_back(item.key(), item.value());
  return all;
}

}  // namespace

MovingAverage::MovingAverage(std::shared_ptr<Generator> live, std::shared_ptr<Generator> copy, double decay)
    : live_(std::move(live)), copy_(std::move(copy)), decay_(decay) {
  copy_->train(false);
  const auto from = all_of(*live_);
  size_t next = 0;
  for (auto& [name, tensor] : all_of(*copy_)) {
    tensor.set_requires_grad(false);
    const at::NoGradGuard no_grad;
    tensor.copy_(from.at(next++).second);
    std::replace(name.begin(), name.end(), '.', '_');
    register_buffer(name, tensor);
  }
}

void MovingAverage::follow() {
  const at::NoGradGuard no_grad;
  const auto from = all_of(*live_);
  size_t next = 0;
  for (auto& [name, tensor] : all_of(*copy_)) tensor.lerp_(from.at(next++).second, 1 - decay_);
}

}  // namespace refract
