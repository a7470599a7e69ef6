#include "refract/eval/sample_scores.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/kthvalue.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/xlogy.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "refract/core/errors.h"

namespace refract {
namespace {

struct Moments {
  Tensor mean, covariance;  // [F], [F, F]
};

Moments moments_of(const Tensor& features) {
  const Tensor x = features.to(at::kCPU, at::kDouble);
  const Tensor mean = x.mean(0);
  const Tensor centred = x - mean;
  return {mean, centred.t().matmul(centred) / static_cast<double>(x.size(0) - 1)};
}

// Of a symmetric matrix without negative eigenvalues; those that rounding made negative count as 0.
Tensor matrix_root(const Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

void check_feature_sets(const char* what, const Tensor& a, const Tensor& b, int64_t fewest) {
  if (a.dim() == 2 && b.dim() == 2 && a.size(1) == b.size(1) && std::min(a.size(0), b.size(0)) >= fewest) return;
  throw BadInput(
      fmt::format("Comparing features by {}: expected [N, F] and [M, F] with N and M of at least {}, found [{}] and "
                  "[{}].",
                  what, fewest, fmt::join(a.sizes(), ", "), fmt::join(b.sizes(), ", ")));
}

// Rows of `asked` at a time, so that a few megabytes of distances are held. Exact: products of matrices would leave
// equal examples apart.
template <class Use>
void for_each_distances(const Tensor& asked, const Tensor& set, Use use) {
  constexpr int64_t slice = 250;
  constexpr int64_t exact = 2;
  for (int64_t from = 0; from < asked.size(0); from += slice)
    use(from, at::cdist(asked.slice(0, from, from + slice), set, 2.0, exact));
}

// The distance of each example to its k-th nearest neighbour, itself not counted: [N].
Tensor radii(const Tensor& set, int64_t k) {
  std::vector<Tensor> parts;
  for_each_distances(set, set, [&](int64_t /*from*/, const Tensor& distances) {
    parts.push_back(std::get<0>(at::kthvalue(distances, k + 1, 1)));
  });
  return at::cat(parts);
}

}  // namespace

double inception_score(const Tensor& probabilities) {
  if (probabilities.dim() != 2 || probabilities.numel() == 0)
    throw BadInput(fmt::format("Computing the inception score: expected probabilities [N, classes], found [{}].",
                               fmt::join(probabilities.sizes(), ", ")));
  const Tensor p = probabilities.to(at::kDouble);
  const Tensor marginal = p.mean(0, true);
  const Tensor kl = (at::xlogy(p, p) - at::xlogy(p, marginal)).sum(1);
  return std::exp(kl.mean().item<double>());
}

double frechet_distance(const Tensor& a, const Tensor& b) {
  check_feature_sets("the Frechet distance", a, b, 2);
  const Moments one = moments_of(a), other = moments_of(b);
  const Tensor root = matrix_root(one.covariance);
  const Tensor product = root.matmul(other.covariance).matmul(root);
  const Tensor values = std::get<0>(at::linalg_eigh((product + product.t()) / 2));
  const Tensor traces = one.covariance.diagonal().sum() + other.covariance.diagonal().sum();
  const Tensor distance = (one.mean - other.mean).square().sum() + traces - 2 * values.clamp_min(0).sqrt().sum();
  return std::max(0.0, distance.item<double>());
}

PrecisionRecall precision_recall(const Tensor& real, const Tensor& generated, int64_t k) {
  check_feature_sets("precision and recall", real, generated, k + 1);
  const Tensor x = real.to(at::kCPU, at::kDouble), y = generated.to(at::kCPU, at::kDouble);
  const Tensor reach_of_real = radii(x, k), reach_of_generated = radii(y, k);
  Tensor generated_covered = at::zeros({y.size(0)}, at::kBool);
  std::vector<Tensor> real_covered;
  for_each_distances(x, y, [&](int64_t from, const Tensor& distances) {
    const Tensor reach = reach_of_real.slice(0, from, from + distances.size(0)).unsqueeze(1);
    generated_covered = generated_covered.logical_or(distances.le(reach).any(0));
    real_covered.push_back(distances.le(reach_of_generated).any(1));
  });
  const auto share = [](const Tensor& covered) { return covered.to(at::kDouble).mean().item<double>(); };
  return {share(generated_covered), share(at::cat(real_covered))};
}

}  // namespace refract
