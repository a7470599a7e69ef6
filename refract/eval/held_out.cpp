#include "refract/eval/held_out.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "refract/core/random.h"
#include "refract/data/order.h"

namespace refract {
namespace {

constexpr int64_t kFewScored = 500;
constexpr int64_t kFolds = 5;
constexpr double kErrors = 2;  // standard errors between chance and what is none
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The fold [N] of each image: dealt out in a drawn order, class after class.
Tensor dealt(int64_t count, const Tensor& classes) {
  Tensor order = at::tensor(permutation(count, mix(0, Stream::metrics)), at::kLong);
  if (classes.defined())
    order = order.index_select(0, classes.index_select(0, order).argsort(/*stable=*/true, 0, false));
  return order.argsort().remainder(kFolds);
}

}  // namespace

HeldOut::HeldOut(int64_t fit, int64_t score, const Tensor& classes) : fit_(fit), score_(score) {
  const int64_t all = fit + score;
  if (score >= kFewScored || all < kFolds) {
    folds_ = {{at::arange(fit), at::arange(fit, all)}};
    return;
  }
  const Tensor fold = dealt(all, classes);
  for (int64_t k = 0; k < kFolds; ++k)
    folds_.push_back({fold.ne(k).nonzero().squeeze(1), fold.eq(k).nonzero().squeeze(1)});
}

Tensor HeldOut::scored(const Tensor& of_all_images) const {
  std::vector<Tensor> parts;
  for (const Fold& fold : folds_) parts.push_back(of_all_images.index_select(0, fold.score));
  return at::cat(parts);
}

Tensor HeldOut::predictions(const FeatureSet& set, const Tensor& truth, const Reader& reader) const {
  const Tensor features = at::cat({set.fit, set.score});
  std::vector<Tensor> parts;
  for (const Fold& fold : folds_) {
    parts.push_back(reader(features.index_select(0, fold.fit), truth.index_select(0, fold.fit),
                           features.index_select(0, fold.score)));
  }
  return at::cat(parts);
}

std::string HeldOut::protocol() const {
  if (folds_.size() == 1) return fmt::format("fitted on {} examples, scored on {} others", fit_, score_);
  return fmt::format(
      "cross-validated over the {} examples of the splits fit and score, in {} folds, because {} examples are too few "
      "to "
      "score by",
      fit_ + score_, folds_.size(), score_);
}

MetricTable::Row mean_errors(std::string name, const Tensor& errors, bool average) {
  MetricTable::Row row{std::move(name), {}};
  const Tensor means = errors.mean(0);
  for (int64_t k = 0; k < errors.size(1); ++k) {
    row.values.push_back(means[k].item<double>());
    row.spreads.push_back(standard_error(errors.select(1, k)));
  }
  if (!average) return row;
  row.values.push_back(means.mean().item<double>());
  row.spreads.push_back(standard_error(errors.mean(1)));
  return row;
}

MetricTable::Row recognised(std::string name, const Tensor& predicted, const Tensor& truth, int64_t classes) {
  MetricTable::Row row{std::move(name), {}};
  double sum = 0;
  double variance = 0;
  double present = 0;
  for (int64_t c = 0; c < classes; ++c) {
    const Tensor right = predicted.masked_select(truth.eq(c)).eq(c).to(at::kDouble);
    const auto count = static_cast<double>(right.numel());
    row.values.push_back(count == 0 ? kNone : right.mean().item<double>());
    const double part = (right.sum().item<double>() + 1) / (count + 2);
    row.spreads.push_back(count == 0 ? kNone : std::sqrt(part * (1 - part) / count));
    if (count == 0) continue;
    sum += row.values.back();
    variance += part * (1 - part) / count;
    ++present;
  }
  row.values.push_back(sum / present);
  row.spreads.push_back(std::sqrt(variance) / present);
  return row;
}

double standard_error(const Tensor& values) {
  const int64_t count = values.numel();
  return count < 2 ? kNone : values.std().item<double>() / std::sqrt(static_cast<double>(count));
}

bool clearly_positive(const Tensor& values) {
  return values.mean().item<double>() > kErrors * standard_error(values);
}

bool clearly_above(double value, double spread, double bound) {
  return value - bound > kErrors * spread;
}

std::string indistinguishable(const std::string& what, const std::vector<std::string>& rows) {
  return rows.empty() ? "" : fmt::format("Not distinguishable from {}: {}.", what, fmt::join(rows, ", "));
}

}  // namespace refract
