#include "refract/optim/player.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/kernels/loops/adam.h"
#include "refract/nn/module.h"

namespace refract {

Player::Player(std::string name, Adam adam) : name_(std::move(name)), adam_(adam) {}

void Player::own_parameters(const std::string& prefix, const torch::nn::Module& module) {
  for (const auto& item : module.named_parameters()) own(prefix + "." + item.key(), item.value());
}

void Player::own(const std::string& prefix, torch::nn::Module& module) {
  own_parameters(prefix, module);
  for (const auto& item : module.named_buffers()) buffers_.emplace_back(prefix + "." + item.key(), item.value());
  modules_.push_back(&module);
}

void Player::share(const std::string& prefix, torch::nn::Module& module) {
  shares_ = true;
  own_parameters(prefix, module);
}

void Player::train(bool on) {
  for (torch::nn::Module* module : modules_) module->train(on);
}

void Player::own(const std::string& name, const Tensor& parameter) {
  if (count_.defined())
    throw Error(fmt::format("Player {} was given {} after its first step: a mistake in the program.", name_, name));
  for (const auto& [known, tensor] : parameters_)
    if (known == name)
      throw Error(fmt::format("Player {} owns two parameters named {}: a mistake in the program.", name_, name));
  parameters_.emplace_back(name, parameter);
}

// From here on every parameter is a view of one tensor, its owner's.
void Player::flatten() {
  if (count_.defined()) return;
  const at::NoGradGuard no_grad;
  std::vector<Tensor> rows;
  for (const auto& [name, parameter] : parameters_) rows.push_back(parameter.detach().reshape(-1));
  const Tensor all = at::cat(rows);
  first_ = at::zeros_like(all);
  second_ = at::zeros_like(all);
  count_ = at::zeros({1}, all.options().dtype(at::kLong));
  if (shares_) return;
  flat_ = all;
  view_flat();
}

void Player::view_flat() {
  int64_t from = 0;
  for (auto& [name, parameter] : parameters_) {
    const int64_t size = parameter.numel();
    parameter.set_data(flat_.narrow(0, from, size).view(parameter.sizes()));
    from += size;
  }
}

void Player::to(const at::Device& device) {
  const at::NoGradGuard no_grad;
  for (auto& [name, buffer] : buffers_) buffer.set_data(buffer.detach().to(device));
  for (Tensor* state : {&flat_, &first_, &second_, &count_})
    if (state->defined()) *state = state->to(device);
  if (flat_.defined()) return view_flat();
  if (shares_) return;
  for (auto& [name, parameter] : parameters_) parameter.set_data(parameter.detach().to(device));
}

NamedTensors Player::weights() {
  flatten();
  NamedTensors all;
  if (shares_) return all;
  for (const NamedTensors* part : {&parameters_, &buffers_})
    for (const auto& [name, tensor] : *part) all.emplace_back(name_ + "/" + name, tensor.detach());
  return all;
}

NamedTensors Player::moments() {
  flatten();
  NamedTensors all;
  int64_t from = 0;
  for (const auto& [name, parameter] : parameters_) {
    const int64_t size = parameter.numel();
    const std::string key = name_ + "/" + name;
    all.emplace_back(key + ":m", first_.narrow(0, from, size).view(parameter.sizes()));
    all.emplace_back(key + ":v", second_.narrow(0, from, size).view(parameter.sizes()));
    from += size;
  }
  all.emplace_back(name_ + "/:t", count_);
  return all;
}

Tensor Player::apply(const std::vector<Tensor>& gradients, const Tensor& rate) {
  flatten();
  const at::NoGradGuard no_grad;
  const bool fused = first_.is_cpu() && first_.scalar_type() == at::kFloat;
  return fused ? apply_fused(gradients, rate.item<double>()) : apply_anywhere(gradients, rate);
}

Tensor Player::apply_fused(const std::vector<Tensor>& gradients, double rate) {
  std::vector<Tensor> rows;
  bool finite = true;
  for (const Tensor& gradient : gradients) {
    rows.push_back(gradient.contiguous());
    finite = finite && all_finite(rows.back().data_ptr<float>(), rows.back().numel());
  }
  if (!finite) return at::zeros({}, at::kBool);
  count_.add_(1);
  const auto t = static_cast<double>(count_.item<int64_t>());
  const AdamStep step{static_cast<float>(rate * adam_.learning_rate),
                      static_cast<float>(adam_.beta1),
                      static_cast<float>(adam_.beta2),
                      static_cast<float>(adam_.epsilon),
                      static_cast<float>(1 - std::pow(adam_.beta1, t)),
                      static_cast<float>(1 - std::pow(adam_.beta2, t))};
  int64_t from = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Tensor& row = rows[i];
    auto* weights = parameters_[i].second.data_ptr<float>();
    const auto at_row = [&](const Tensor& flat) { return flat.data_ptr<float>() + from; };
    const auto move = [&](int64_t begin, int64_t end) {
      step.apply(row.data_ptr<float>() + begin, weights + begin, at_row(first_) + begin, at_row(second_) + begin,
                 end - begin);
    };
    constexpr int64_t worth_a_thread = 16'384;
    at::parallel_for(0, row.numel(), worth_a_thread, move);
    from += row.numel();
  }
  return at::ones({}, at::kBool);
}

// Written without a branch on the device's numbers, so that no step waits for them: where a gradient is not finite,
// `moves` is 0 and every update is by nothing.
Tensor Player::apply_anywhere(const std::vector<Tensor>& gradients, const Tensor& rate) {
  std::vector<Tensor> rows;
  rows.reserve(gradients.size());
  for (const Tensor& gradient : gradients) rows.push_back(gradient.reshape(-1));
  Tensor g = at::cat(rows);
  const Tensor finite = at::isfinite(g.sum());
  const Tensor moves = finite.to(g.scalar_type());
  g = at::where(finite, g, at::zeros({}, g.options()));

  count_.add_(finite.to(at::kLong));
  const Tensor t = count_.to(at::kDouble).squeeze(0).clamp_min(1);
  const Tensor first_correction = 1 - at::pow(adam_.beta1, t);
  const Tensor second_correction = 1 - at::pow(adam_.beta2, t);
  first_.lerp_(g, (1 - adam_.beta1) * moves);
  second_.lerp_(g.square_(), (1 - adam_.beta2) * moves);
  const Tensor step = (rate * adam_.learning_rate / first_correction).to(g.scalar_type()) * moves;
  const Tensor root = (second_ / second_correction.to(g.scalar_type())).sqrt_().add_(adam_.epsilon);
  subtract(first_ / root * step);
  return finite;
}

void Player::subtract(const Tensor& all) {
  if (!shares_) {
    flat_.sub_(all);
    return;
  }
  int64_t from = 0;
  for (const auto& [name, parameter] : parameters_) {
    parameter.detach().sub_(all.narrow(0, from, parameter.numel()).view(parameter.sizes()));
    from += parameter.numel();
  }
}

Update::Update(double rate, double progress, int64_t phase)
    : Update(at::scalar_tensor(rate, at::kDouble), at::scalar_tensor(progress, at::kFloat), phase) {}

void Update::descend(const std::vector<Objective>& objectives) {
  std::vector<std::vector<Tensor>> gradients;
  size_t left = objectives.size();
  for (const Objective& objective : objectives) {
    std::vector<Tensor> inputs;
    for (const auto& [name, parameter] : objective.player.parameters()) inputs.push_back(parameter);
    const bool others_follow = --left > 0;
    gradients.push_back(torch::autograd::grad({objective.loss}, inputs, {}, others_follow, false, true));
    for (size_t i = 0; i < inputs.size(); ++i)
      if (!gradients.back()[i].defined()) gradients.back()[i] = at::zeros_like(inputs[i]);
  }
  auto taken = gradients.begin();
  for (const Objective& objective : objectives) finite_.push_back(objective.player.apply(*taken++, rate_));
}

bool Update::finite() const {
  return finite_.empty() || at::stack(finite_).all().item<bool>();
}

}  // namespace refract
