#include "refract/eval/linear.h"

#include <ATen/ops/bincount.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_lstsq.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <torch/optim/lbfgs.h>

#include <limits>

#include "refract/core/errors.h"
#include "refract/eval/columns.h"

namespace refract {
namespace {

constexpr double kSingular = 1e-13;  // what keeps a system of equations solvable

Tensor to_double(const Tensor& values) {
  return values.detach().to(at::kCPU, at::kDouble);
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

// The map of raw features that equals `weight`, `bias` on standardised ones.
LinearMap unfolded(const Standardizer& standard, const Tensor& weight, const Tensor& bias) {
  const Tensor raw = weight * standard.factor.unsqueeze(1);
  return {raw, bias - standard.mean.matmul(raw), standard.low, standard.high};
}

// Of each sample, [N]: they add up to 1, and every class that has samples counts the same.
Tensor balanced_weights(const Tensor& labels, int64_t classes) {
  const Tensor sizes = at::bincount(labels, {}, classes).to(at::kDouble);
  return at::reciprocal(sizes * sizes.gt(0).sum()).index_select(0, labels);
}

// Mean log-likelihood of labels under logits [N, K], so weighted.
Tensor balanced_likelihood(const Tensor& logits, const Tensor& labels) {
  const Tensor each = at::log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
  return (balanced_weights(labels, logits.size(1)) * each).sum();
}

// The loss of a logistic regression on standardised features, and its minimum.
class LogisticLoss {
 public:
  LogisticLoss(const Tensor& x, const Tensor& labels, int64_t classes)
      : x_(at::cat({x, at::ones({x.size(0), 1}, x.options())}, 1)),
        labels_(labels.unsqueeze(1)),
        weights_(balanced_weights(labels, classes)),
        weighted_truth_(at::one_hot(labels, classes) * weights_.unsqueeze(1)) {}

  // Moves w [D + 1, K], whose last row is the bias, from where it is.
  void descend(Tensor& w, double penalty) const {
    const at::NoGradGuard no_grad;
    const double factor = 0.5 * penalty / static_cast<double>(x_.size(0));
    constexpr int64_t most = 1000;  // weights for which a system of equations is quick
    if (w.numel() <= most)
      newton(w, factor);
    else
      quasi_newton(w, factor);
  }

 private:
  [[nodiscard]] Tensor log_p(const Tensor& w) const { return at::log_softmax(x_.matmul(w), 1); }

  // All weights but the bias.
  static Tensor inner(const Tensor& w) { return w.slice(0, 0, w.size(0) - 1); }

  [[nodiscard]] Tensor value(const Tensor& w, const Tensor& log_p, double factor) const {
    return factor * inner(w).square().sum() - (weights_ * log_p.gather(1, labels_).squeeze(1)).sum();
  }

  [[nodiscard]] Tensor gradient(const Tensor& w, const Tensor& log_p, double factor) const {
    Tensor all = x_.t().matmul(weights_.unsqueeze(1) * log_p.exp() - weighted_truth_);
    inner(all).add_(inner(w), 2 * factor);
    return all;
  }

  // [(D + 1) K, (D + 1) K], class by class. Adding one number to all biases changes nothing: a term that is zero along
  // every other way makes it regular.
  [[nodiscard]] Tensor hessian(const Tensor& p, double factor) const {
    const int64_t rows = x_.size(1), classes = p.size(1);
    Tensor all = at::zeros({classes, rows, classes, rows}, x_.options());
    for (int64_t a = 0; a < classes; ++a)
      for (int64_t b = a; b < classes; ++b) {
        const Tensor pa = p.select(1, a);
        const Tensor each = weights_ * (a == b ? pa - pa.square() : -pa * p.select(1, b));
        const Tensor block = x_.t().matmul(x_ * each.unsqueeze(1));
        all.select(0, a).select(1, b).copy_(block);
        all.select(0, b).select(1, a).copy_(block);
      }
    all.select(3, rows - 1).select(1, rows - 1).add_(1.0 / static_cast<double>(classes));
    Tensor flat = all.view({classes * rows, classes * rows});
    Tensor penalties = at::full({classes, rows}, 2 * factor, x_.options());
    penalties.select(1, rows - 1).fill_(kSingular);  // the bias of a class without samples has no curvature in the end
    flat.diagonal().add_(penalties.flatten());
    return flat;
  }

  // Ends where a step promises less than rounding. Halves steps that go too far.
  void newton(Tensor& w, double factor) const {
    constexpr int most_steps = 100;
    for (int i = 0; i < most_steps; ++i) {
      const Tensor now = log_p(w);
      const Tensor slope = gradient(w, now, factor);
      const Tensor right = slope.t().contiguous().view({-1, 1});
      const Tensor step = at::linalg_solve(hessian(now.exp(), factor), right).view({w.size(1), w.size(0)}).t();
      const auto promised = (slope * step).sum().item<double>();
      const auto before = value(w, now, factor).item<double>();
      double length = 1;
      while (length > 1e-10 && value(w - length * step, log_p(w - length * step), factor).item<double>() >
                                   before - 1e-4 * length * promised)
        length /= 2;
      if (!(promised > 1e-15) || length <= 1e-10) return;
      w.sub_(step, length);
    }
  }

  void quasi_newton(Tensor& w, double factor) const {
    torch::optim::LBFGS optimizer({w}, torch::optim::LBFGSOptions(1)
                                           .max_iter(1000)
                                           .history_size(20)
                                           .tolerance_grad(1e-9)
                                           .tolerance_change(1e-16)
                                           .line_search_fn("strong_wolfe"));
    optimizer.step([&] {
      const at::NoGradGuard no_grad;
      const Tensor now = log_p(w);
      w.mutable_grad() = gradient(w, now, factor);
      return value(w, now, factor);
    });
  }

  Tensor x_;  // [N, D + 1], a column of ones last
  Tensor labels_, weights_, weighted_truth_;
};

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
  return at::minimum(at::maximum(to_double(features), low), high).matmul(weight) + bias;
}

LinearMap fit_least_squares(const Tensor& features, const Tensor& targets) {
  check("Fitting a regressor", features, targets);
  const Tensor x = to_double(features);
  const Tensor y = to_double(targets);
  const Standardizer standard(x, rounding_of(features));
  const Tensor mean = y.mean(0);
  const Tensor weight = std::get<0>(at::linalg_lstsq(standard(x), y - mean, kFloatRounding, "gelsd"));
  return unfolded(standard, weight, mean);
}

LinearMap fit_logistic(const Tensor& features, const Tensor& labels, int64_t classes, double penalty) {
  check("Fitting a classifier", features, labels);
  const Tensor y = labels.to(at::kCPU, at::kLong);
  check_labels(y, classes);
  const Tensor raw = to_double(features);
  const Standardizer standard(raw, rounding_of(features));
  Tensor w = at::zeros({raw.size(1) + 1, classes}, raw.options());
  LogisticLoss(standard(raw), y, classes).descend(w, penalty);
  return unfolded(standard, w.slice(0, 0, raw.size(1)), w[raw.size(1)]);
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
  const Tensor raw_in = to_double(x.index_select(0, in)), y_in = y.index_select(0, in);
  const Standardizer standard(raw_in, rounding_of(features));
  const Tensor x_out = standard(to_double(x.index_select(0, out))), y_out = y.index_select(0, out);
  const LogisticLoss loss(standard(raw_in), y_in, classes);
  Tensor w = at::zeros({raw_in.size(1) + 1, classes}, raw_in.options());

  double best = 1;
  double likelihood = -std::numeric_limits<double>::infinity();
  for (const double penalty : {1e4, 1e3, 1e2, 1e1, 1e0}) {
    loss.descend(w, penalty);  // from the minimum under the penalty before, which is near
    const Tensor logits = x_out.matmul(w.slice(0, 0, x_out.size(1))) + w[x_out.size(1)];
    const auto found = balanced_likelihood(logits, y_out).item<double>();
    if (found <= likelihood) break;
    best = penalty;
    likelihood = found;
  }
  return fit_logistic(x, y, classes, best);
}

}  // namespace refract
