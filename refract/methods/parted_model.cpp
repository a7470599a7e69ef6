#include "refract/methods/parted_model.h"

#include <ATen/ops/randn.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <numeric>

#include "refract/core/errors.h"
#include "refract/nn/categorical.h"

namespace refract {

PartedEncoder::PartedEncoder(const Space& space, const Architecture& architecture, const PartedShape& shape)
    : trunk_(register_module("trunk", make_trunk(space, architecture))) {
  const int64_t features = trunk_->features();
  const auto linear = [&](const std::string& name, int64_t in, int64_t out) {
    return register_module(name, std::make_shared<Linear>(in, out, kDefault));
  };
  for (const int64_t count : shape.classes) {
    const size_t k = class_heads_.size() + 1;
    class_heads_.push_back(linear(fmt::format("class{}", k), features, count));
    attention_.push_back(linear(fmt::format("attention{}", k), count, features));
    related_heads_.push_back(linear(fmt::format("related{}", k), features, 2 * shape.latent_u));
  }
  independent_head_ = linear("independent", features, 2 * shape.latent_z);
}

Tensor PartedEncoder::features(const Tensor& x) const {
  return trunk_->forward(x);
}

std::vector<Tensor> PartedEncoder::classes(const Tensor& features) const {
  std::vector<Tensor> all;
  for (const auto& head : class_heads_) all.push_back(head->forward(features).log_softmax(1));
  return all;
}

Gaussian PartedEncoder::related(size_t k, const Tensor& features, const Tensor& c, const Tensor& slope) const {
  const Tensor attention = at::sigmoid(slope * attention_.at(k)->forward(c));
  return bounded_gaussian(related_heads_.at(k)->forward(features * attention));
}

Gaussian PartedEncoder::independent(const Tensor& features) const {
  return bounded_gaussian(independent_head_->forward(features));
}

ClassPriors::ClassPriors(const PartedShape& shape, std::vector<int64_t> shares, double rate) : rate_(rate) {
  const int64_t all = std::accumulate(shape.classes.begin(), shape.classes.end(), int64_t{0});
  if (shares.empty()) shares.assign(static_cast<size_t>(all), 1);
  if (static_cast<int64_t>(shares.size()) != all)
    throw BadInput(fmt::format(
        "Building PartedVAE: class_shares has {} numbers, and the discrete variables have {} classes ({}). Give one "
        "number for each class, or none.",
        shares.size(), all, fmt::join(shape.classes, ",")));
  int64_t from = 0;
  for (const int64_t count : shape.classes) {
    const Tensor share = at::tensor(shares, at::kFloat).slice(0, from, from + count);
    shares_.push_back(share / share.sum());
    from += count;
    const size_t k = means_.size() + 1;
    means_.push_back(register_parameter(fmt::format("mean{}", k), at::randn({count, shape.latent_u}) / rate));
    spreads_.push_back(register_parameter(fmt::format("spread{}", k), at::randn({count, shape.latent_u}) / rate));
  }
}

const Tensor& ClassPriors::shares(size_t k) const {
  Tensor& share = shares_.at(k);
  if (share.device() != means_.at(k).device()) share = share.to(means_.at(k).device());
  return share;
}

Gaussian ClassPriors::of(size_t k) const {
  return {rate_ * means_.at(k), 2 * (rate_ * spreads_.at(k)).tanh() - 1};
}

Gaussian ClassPriors::of(size_t k, const Tensor& c) const {
  return of(k).mixed(c);
}

Tensor overlap(const Gaussian& classes, double tolerance) {
  Tensor sum = at::zeros({}, classes.mean.options());
  for (int64_t i = 0; i + 1 < classes.mean.size(0); ++i) {
    const int64_t others = classes.mean.size(0) - i - 1;
    const Gaussian one = classes.rows(i, i + 1);
    const Gaussian rest = classes.rows(i + 1, i + 1 + others);
    sum = sum + (bhattacharyya_coefficient(one, rest) - tolerance).clamp_min(0).sum();
  }
  return sum;
}

Tensor expected_kl(const Tensor& log_classes, const Gaussian& posterior, const Gaussian& priors) {
  Tensor sum;
  for (int64_t i = 0; i < priors.mean.size(0); ++i) {
    const Tensor term = log_classes.select(1, i).exp() * posterior.kl_to(priors.rows(i, i + 1));
    sum = sum.defined() ? sum + term : term;
  }
  return sum;
}

}  // namespace refract
