#include "refract/nn/within_class_norm.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_solve_triangular.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace refract {
namespace {

constexpr double kLeastVariance = 1e-6;
constexpr double kWindow = 500;        // examples of a class
constexpr double kLeastSignal = 1e-4;  // of the variance 1 of codes

// Rows with the identity as their covariance, where theirs is this one.
Tensor whitened(const Tensor& rows, const Tensor& covariance) {
  const Tensor more = covariance + kLeastVariance * at::eye(covariance.size(0), covariance.options());
  const Tensor factor = std::get<0>(at::linalg_cholesky_ex(more));
  return at::linalg_solve_triangular(factor, rows.t(), false).t();
}

}  // namespace

WithinClassNorm::WithinClassNorm(int64_t classes, int64_t dimensions)
    : counts_(register_buffer("counts", at::zeros({classes, 1}))),
      means_(register_buffer("means", at::zeros({classes, dimensions}))),
      covariance_(register_buffer("covariance", at::eye(dimensions))),
      variances_(register_buffer("variances", at::ones({classes, dimensions}))) {}

Tensor WithinClassNorm::forward(const Tensor& codes, const Tensor& classes) const {
  if (!is_training()) {
    const Tensor white = whitened(codes - classes.matmul(means_), covariance_);
    return white / (classes.matmul(variances_) + kLeastVariance).sqrt();
  }
  Tensor share, count;
  {
    const at::NoGradGuard no_grad;
    count = classes.sum(0).unsqueeze(1).clamp_min(kLeastVariance);
    counts_.add_(count).clamp_max_(kWindow);
    share = (count / counts_).clamp_max(1);
    means_.add_(share * (classes.t().matmul(codes) / count - means_));
  }
  const Tensor within = codes - classes.matmul(means_);
  const Tensor centred = within - within.mean(0);
  const Tensor covariance = centred.t().matmul(centred) / static_cast<double>(codes.size(0));
  {
    const at::NoGradGuard no_grad;
    covariance_.add_(share.mean() * (covariance - covariance_));
    const Tensor squared = whitened(within, covariance_).square();  // as in use
    variances_.add_(share * (classes.t().matmul(squared) / count - variances_));
  }
  return whitened(centred, covariance) / (classes.matmul(variances_) + kLeastVariance).sqrt();
}

Gaussian WithinClassNorm::posterior(const Gaussian& raw, const Tensor& classes) const {
  const Tensor signal = (1 - raw.log_variance.exp()).clamp_min(kLeastSignal);
  return {signal.sqrt() * forward(raw.mean, classes), raw.log_variance};
}

}  // namespace refract
