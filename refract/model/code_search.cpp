#include "refract/model/code_search.h"

#include <ATen/ops/div.h>
#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace refract {
namespace {

constexpr double kFarthest = 3;  // standard deviations of the prior between its mean and a start

// Adam (Kingma and Ba 2015, Algorithm 1) on some tensors.
class Descent {
 public:
  explicit Descent(std::vector<Tensor> values) : values_(std::move(values)) {
    for (const Tensor& value : values_) {
      first_.push_back(at::zeros_like(value));
      second_.push_back(at::zeros_like(value));
    }
  }

  [[nodiscard]] const std::vector<Tensor>& values() const { return values_; }

  // A value whose gradient is undefined stays where it is.
  void step(const std::vector<Tensor>& gradients, double rate) {
    constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    ++count_;
    const double correction1 = 1 - std::pow(beta1, count_), correction2 = 1 - std::pow(beta2, count_);
    for (size_t i = 0; i < values_.size(); ++i) {
      if (!gradients[i].defined()) continue;
      first_[i] = beta1 * first_[i] + (1 - beta1) * gradients[i];
      second_[i] = beta2 * second_[i] + (1 - beta2) * gradients[i].square();
      const Tensor root = (second_[i] / correction2).sqrt() + epsilon;
      values_[i] = values_[i] - rate / correction1 * first_[i] / root;
    }
  }

 private:
  std::vector<Tensor> values_, first_, second_;
  int count_ = 0;
};

// Row n of the tensor [N, size] that `origin` [N] names for it.
Tensor picked_rows(const std::vector<Tensor>& candidates, const Tensor& origin) {
  const Tensor all = at::stack(candidates);
  const Tensor place = origin.view({1, -1, 1}).expand({1, all.size(1), all.size(2)});
  return all.gather(0, place).squeeze(0);
}

}  // namespace

CodeSearch::CodeSearch(const Model& model, const Tensor& images, const Tensor& visible, const InpaintSettings& settings)
    : model_(model), images_(images), visible_(visible), settings_(settings) {
  const at::NoGradGuard no_grad;
  for (size_t b = 0; b < model.blocks().size(); ++b) {
    const Block& block = model.blocks()[b];
    const Gaussian prior = model.prior(b);
    const int64_t rows = block.given ? model.blocks()[*block.given].size : 1;
    const Tensor none = at::zeros({rows, block.size}, images.options());
    priors_.push_back(prior.mean.defined() ? Gaussian{prior.mean.detach().to(images.options()),
                                                      prior.log_variance.detach().to(images.options())}
                                           : Gaussian{none, none});
    const bool drawn = block.categorical && block.prior;
    log_shares_.push_back(drawn ? model.class_shares(b).to(images.options()).clamp_min(1e-12).log().unsqueeze(0)
                                : Tensor());
  }
}

Gaussian CodeSearch::prior_of(size_t block, const Codes& codes) const {
  const std::optional<size_t> given = model_.blocks()[block].given;
  return given ? priors_[block].mixed(codes.at(*given)) : priors_[block].repeated(images_.size(0));
}

Tensor CodeSearch::objective(const Codes& codes) const {
  Tensor sum = ((model_.decode(codes) - images_).abs() * visible_).flatten(1).sum(1) / settings_.scale;
  for (size_t b = 0; b < codes.size(); ++b) {
    if (log_shares_[b].defined()) sum = sum - (codes[b] * log_shares_[b]).sum(1);
    const Block& block = model_.blocks()[b];
    if (!block.categorical && block.prior) sum = sum - prior_of(b, codes).log_prob(codes[b]);
  }
  return sum;
}

Codes CodeSearch::settled(Codes codes) const {
  for (size_t b = 0; b < codes.size(); ++b) {
    const Block& block = model_.blocks()[b];
    if (block.categorical || (!block.prior && model_.encodes())) continue;
    const Gaussian prior = prior_of(b, codes);
    const Tensor deviation = (0.5 * prior.log_variance).exp();
    const Tensor away = ((codes[b] - prior.mean) / deviation).clamp(-kFarthest, kFarthest);
    codes[b] = model_.encodes() ? prior.mean + deviation * away : prior.mean;
  }
  return codes;
}

Codes CodeSearch::with_class(Codes codes, size_t category, const Tensor& classes) const {
  codes[category] = at::one_hot(classes, model_.blocks()[category].size).to(images_.options());
  return codes;
}

// The best ones among all continuations of a beam by a class of this category.
std::vector<Codes> CodeSearch::narrowed(const std::vector<Codes>& beam, size_t category) const {
  const int64_t classes = model_.blocks()[category].size;
  const int64_t count = images_.size(0);
  std::vector<Tensor> objectives;
  for (const Codes& codes : beam)
    for (int64_t k = 0; k < classes; ++k) {
      const Tensor all_of_k = at::full({count}, k, images_.options().dtype(at::kLong));
      objectives.push_back(objective(settled(with_class(codes, category, all_of_k))));
    }
  const int64_t kept = std::min(std::max<int64_t>(1, settings_.starts), std::ssize(objectives));
  const Tensor best = std::get<1>(at::stack(objectives).topk(kept, 0, /*largest=*/false, /*sorted=*/true));
  std::vector<Codes> next;
  for (const Tensor& place : best.unbind()) {
    const Tensor origin = at::div(place, classes, "floor");
    Codes codes;
    for (size_t b = 0; b < beam.front().size(); ++b) {
      std::vector<Tensor> candidates;
      candidates.reserve(beam.size());
      for (const Codes& one : beam) candidates.push_back(one[b]);
      codes.push_back(picked_rows(candidates, origin));
    }
    next.push_back(with_class(codes, category, place.remainder(classes)));
  }
  return next;
}

std::vector<Codes> CodeSearch::starts(const Codes& codes) const {
  const at::NoGradGuard no_grad;
  Codes first = codes;
  for (size_t b = 0; b < first.size(); ++b)
    if (model_.blocks()[b].categorical) first = with_class(first, b, first[b].argmax(1));
  std::vector<Codes> beam = {first};
  for (size_t b = 0; b < first.size(); ++b)
    if (model_.blocks()[b].categorical) beam = narrowed(beam, b);
  for (Codes& start : beam) start = settled(start);
  return beam;
}

Codes CodeSearch::descended(const Codes& start, const std::function<void(int64_t step)>& on_step) const {
  const at::AutoGradMode with_gradients(true);
  std::vector<size_t> moving;
  std::vector<Tensor> values;
  std::vector<Gaussian> priors;
  for (size_t b = 0; b < start.size(); ++b) {
    if (model_.blocks()[b].categorical) continue;
    const Gaussian& prior = priors.emplace_back(prior_of(b, start));
    moving.push_back(b);
    values.push_back((start[b].detach() - prior.mean) / (0.5 * prior.log_variance).exp());
  }
  const auto codes_of = [&](const std::vector<Tensor>& standard) {
    Codes codes = start;
    for (size_t i = 0; i < moving.size(); ++i)
      codes[moving[i]] = priors[i].mean + (0.5 * priors[i].log_variance).exp() * standard[i];
    return codes;
  };
  Descent descent(values);
  for (int64_t step = 0; step < settings_.steps && !moving.empty(); ++step) {
    on_step(step);
    std::vector<Tensor> leaves;
    leaves.reserve(values.size());
    for (const Tensor& value : descent.values()) leaves.push_back(value.detach().requires_grad_());
    const Tensor loss = objective(codes_of(leaves)).sum();
    const std::vector<Tensor> gradients = torch::autograd::grad({loss}, leaves, {}, false, false, true);
    const at::NoGradGuard no_grad;
    const double done = static_cast<double>(step) / static_cast<double>(settings_.steps);
    descent.step(gradients, settings_.rate * 0.5 * (1 + std::cos(std::numbers::pi * done)));
  }
  const at::NoGradGuard no_grad;
  return codes_of(descent.values());
}

}  // namespace refract
