#include "refract/eval/linear.h"

#include <ATen/ops/bincount.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_lstsq.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <torch/optim/lbfgs.h>

#include <limits>

#include "refract/core/errors.h"
#include "refract/eval/columns.h"

namespace refract {
namespace {

constexpr double kFloatRounding = 1e-6;  // relative; float32 carries about 1e-7

Tensor to_double(const Tensor& values) {
  return values.detach().to(at::kCPU, at::kDouble);
}

// How far numbers of this type may be from what they stand for, as a part of the greatest of them. Wider than it must
// be, codes with an offset would be taken for constant.
double rounding_of(const Tensor& values) {
  return values.is_floating_point() && values.scalar_type() != at::kDouble ? kFloatRounding : kRounding;
}

void check(const char* operation, const Tensor& features, const Tensor& targets) {
  if (features.dim() != 2 || targets.dim() < 1 || features.size(0) != targets.size(0) || features.size(0) == 0)
    throw BadInput(fmt::format("{}: expected features [N, D] and targets of the same N >= 1, found [{}] and [{}].",
                               operation, fmt::join(features.sizes(), ", "), fmt::join(targets.sizes(), ", ")));
  if (!at::isfinite(features).all().item<bool>() || !at::isfinite(targets).all().item<bool>())
    throw BadInput(
        fmt::format("{}: expected finite features and targets, found NaN or infinity; a model whose "
                    "training diverged gives such codes.",
                    operation));
}

struct Standardizer {
  Tensor mean, factor;  // [D]; the factor is 0 for constant columns

  Standardizer(const Tensor& x, double rounding) : mean(x.mean(0)), factor((x - mean).square().mean(0).sqrt()) {
    const Tensor constant = factor.le(x.abs().amax(0) * rounding);
    factor = factor.reciprocal().masked_fill(constant, 0);
  }
  [[nodiscard]] Tensor operator()(const Tensor& x) const { return (x - mean) * factor; }

  // The map of raw features that equals `weight`, `bias` on standardised ones.
  [[nodiscard]] LinearMap unfold(const Tensor& weight, const Tensor& bias) const {
    const Tensor raw = weight * factor.unsqueeze(1);
    return {raw, bias - mean.matmul(raw)};
  }
};

// Mean log-likelihood [1] of labels under logits [N, K], every class that has samples counting the same.
Tensor balanced_likelihood(const Tensor& logits, const Tensor& labels) {
  const Tensor sizes = at::bincount(labels, {}, logits.size(1)).to(at::kDouble);
  const Tensor weights = at::reciprocal(sizes * sizes.gt(0).sum()).index_select(0, labels);
  return (weights * at::log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1)).sum();
}

// [N] bool.
Tensor every_fourth_of_a_class(const Tensor& labels, int64_t classes) {
  const Tensor of_class = at::one_hot(labels, classes);  // [N, K]
  return (of_class.cumsum(0).remainder(4).eq(0) & of_class.to(at::kBool)).any(1);
}

void check_labels(const Tensor& labels, int64_t classes) {
  if (labels.dim() != 1 || labels.min().item<int64_t>() < 0 || labels.max().item<int64_t>() >= classes)
    throw BadInput(fmt::format("Fitting a classifier: expected labels [N] from 0 to {}, found {} to {}.", classes - 1,
                               labels.min().item<int64_t>(), labels.max().item<int64_t>()));
}

}  // namespace

Tensor LinearMap::operator()(const Tensor& features) const {
  return to_double(features).matmul(weight) + bias;
}

LinearMap fit_least_squares(const Tensor& features, const Tensor& targets) {
  check("Fitting a regressor", features, targets);
  const Tensor x = to_double(features);
  const Tensor y = to_double(targets);
  const Standardizer standard(x, rounding_of(features));
  const Tensor mean = y.mean(0);
  const Tensor weight = std::get<0>(at::linalg_lstsq(standard(x), y - mean, kFloatRounding, "gelsd"));
  return standard.unfold(weight, mean);
}

LinearMap fit_logistic(const Tensor& features, const Tensor& labels, int64_t classes, double penalty) {
  check("Fitting a classifier", features, labels);
  const Tensor y = labels.to(at::kCPU, at::kLong);
  check_labels(y, classes);
  const Tensor raw = to_double(features);
  const Standardizer standard(raw, rounding_of(features));
  const Tensor x = standard(raw);
  const double factor = 0.5 * penalty / static_cast<double>(x.size(0));

  Tensor w = at::zeros({x.size(1), classes}, x.options()).requires_grad_(true);
  Tensor b = at::zeros({classes}, x.options()).requires_grad_(true);
  torch::optim::LBFGS optimizer({w, b}, torch::optim::LBFGSOptions(1)
                                            .max_iter(1000)
                                            .history_size(20)
                                            .tolerance_grad(1e-9)
                                            .tolerance_change(1e-16)
                                            .line_search_fn("strong_wolfe"));
  optimizer.step([&] {
    optimizer.zero_grad();
    Tensor loss = factor * w.square().sum() - balanced_likelihood(x.matmul(w) + b, y);
    loss.backward();
    return loss;
  });
  return standard.unfold(w.detach(), b.detach());
}

LinearMap fit_logistic_by_held_out(const Tensor& features, const Tensor& labels, int64_t classes) {
  check("Fitting a classifier", features, labels);
  const Tensor y = labels.to(at::kCPU, at::kLong);
  check_labels(y, classes);
  const Tensor x = features.detach().to(at::kCPU);
  const Tensor held_out = every_fourth_of_a_class(y, classes);
  const Tensor out = held_out.nonzero().squeeze(1);
  if (out.size(0) == 0) return fit_logistic(x, y, classes);
  const Tensor in = held_out.logical_not().nonzero().squeeze(1);
  const Tensor x_in = x.index_select(0, in), y_in = y.index_select(0, in);
  const Tensor x_out = x.index_select(0, out), y_out = y.index_select(0, out);

  double best = 1;
  double likelihood = -std::numeric_limits<double>::infinity();
  for (const double penalty : {1e4, 1e3, 1e2, 1e1, 1e0}) {
    const auto found = balanced_likelihood(fit_logistic(x_in, y_in, classes, penalty)(x_out), y_out).item<double>();
    if (found <= likelihood) break;
    best = penalty;
    likelihood = found;
  }
  return fit_logistic(x, y, classes, best);
}

}  // namespace refract
