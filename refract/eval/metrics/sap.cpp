// The separated attribute predictability score (Kumar et al. 2018, Sec. 3).
#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <limits>

#include "refract/eval/columns.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

constexpr double kAsNear = 1e-6;  // of the codes' range: means this much further away are as near

// The squared correlation of each column of `codes` with `values`: what a line through them explains, nothing where one
// of the two is constant. [D]
Tensor explained(const Tensor& codes, const Tensor& values) {
  const Tensor x = codes - codes.mean(0);
  const Tensor y = (values - values.mean()).unsqueeze(1);
  const Tensor part = (x * y).mean(0).square() / (x.square().mean(0) * y.square().mean());
  return part.masked_fill(constant_columns(codes).logical_or(constant_columns(values.unsqueeze(1))), 0);
}

// Means of `code` [N] over the rows of each class: [classes].
Tensor class_means(const Tensor& code, const Tensor& classes, int64_t count) {
  const Tensor sums = at::zeros({count}, at::kDouble).index_add(0, classes, code);
  return sums / at::bincount(classes, {}, count);
}

// Whether each class is the one whose mean is nearest to `code` [N]; several that are equally near share: [N, classes].
Tensor nearest(const Tensor& code, const Tensor& means, double as_near) {
  const Tensor distance =
      (code.unsqueeze(1) - means.unsqueeze(0)).abs().nan_to_num(std::numeric_limits<double>::infinity());
  const Tensor least = distance.le(distance.amin(1, true) + as_near);
  return least / least.sum(1, true).to(at::kDouble);
}

// The part of each class recognised by thresholds on one dimension, averaged over the classes. Thresholds lie halfway
// between the means of neighbouring classes: a linear classifier that takes all classes for equally likely.
Tensor recognised(const Tensor& code, const Tensor& classes, const Division& rows, int64_t count) {
  const Tensor centred = code - code.mean();
  const Tensor truth = classes.index_select(0, rows.score);
  const Tensor means = class_means(centred.index_select(0, rows.fit), classes.index_select(0, rows.fit), count);
  const auto as_near = (kAsNear * (code.max() - code.min()) + kRounding * code.abs().max()).item<double>();
  const Tensor right = nearest(centred.index_select(0, rows.score), means, as_near).gather(1, truth.unsqueeze(1));
  return class_means(right.squeeze(1), truth, count).nanmean();
}

// How well each dimension alone predicts factor k: [D].
Tensor predictability(const Representation& row, const Division& rows, int64_t k) {
  const auto at_k = static_cast<size_t>(k);
  if (row.factors.real[at_k])
    return explained(row.codes.index_select(0, rows.fit), row.factors.values.select(1, k).index_select(0, rows.fit));
  std::vector<Tensor> parts;
  for (int64_t d = 0; d < row.codes.size(1); ++d)
    parts.push_back(
        recognised(row.codes.select(1, d), row.factors.classes.select(1, k), rows, row.factors.sizes[at_k]));
  return at::stack(parts);
}

Tensor sap_gaps(const Representation& row, const Division& rows) {
  Tensor all = at::empty({row.factors.count()}, at::kDouble);
  for (int64_t k = 0; k < row.factors.count(); ++k) {
    const Tensor best = std::get<0>(predictability(row, rows, k).sort(0, true));
    all[k] = best.size(0) > 1 ? best[0] - best[1] : best[0];
  }
  return all;
}

MetricTable score_by_sap(const std::vector<Representation>& rows, uint64_t seed) {
  const Division division = divided(rows.at(0).codes.size(0), seed);
  MetricTable table;
  table.metric = "sap";
  table.title = "Separated attribute predictability: whether one dimension alone predicts each factor";
  table.unit = "gap between the two best dimensions, from 0 to 1; higher is better";
  table.columns = factor_columns(rows);
  for (const Representation& row : rows) table.rows.push_back({row.name, with_average(sap_gaps(row, division))});
  table.protocol = fmt::format(
      "Real-valued factors: squared correlation over {} examples. Discrete ones: balanced accuracy of thresholds "
      "halfway "
      "between class means, on {} others, where disentanglement_lib fits a linear SVM (Kumar et al. 2018; seed {}).",
      division.fit.size(0), division.score.size(0), seed);
  return table;
}

}  // namespace

MetricEntry sap_metric() {
  return {.name = "sap",
          .summary = "Gap between the two dimensions that predict a factor best, each on its own.",
          .source = "Kumar et al. 2018",
          .lacks = lacks_factors,
          .score = score_by_sap};
}

}  // namespace refract
