// Modularity and explicitness (Ridgeway and Mozer 2018, Sec. 3).
#include <ATen/ops/bincount.h>
#include <ATen/ops/nanmean.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "refract/eval/information.h"
#include "refract/eval/linear.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/ranks.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

constexpr double kKnown = 1e-9;  // probabilities closer than this are equal: the fit is no more exact

// 1 where each dimension knows of one factor only. A dimension that knows nothing counts as 0; a lone factor has no
// other to be mixed with.
double modularity(const Representation& row) {
  const Tensor squared = information_in_bins(row.codes, row.factors.classes).square();
  const Tensor most = squared.amax(1);
  const double others = std::max<double>(1, static_cast<double>(row.factors.count() - 1));
  const Tensor spread = (squared.sum(1) - most) / (most * others);
  return (1 - spread).masked_fill(most.eq(0), 0).mean().item<double>();
}

// The mean over classes of a factor, of how well a linear reader of all dimensions tells each from the rest, but for
// classes that it was not fitted on. NaN where the rows scored have one class alone: that factor is left out.
double explicitness(const Tensor& codes, const Tensor& classes, int64_t count, const Division& rows) {
  const Tensor fit = classes.index_select(0, rows.fit);
  const LinearMap reader = fit_logistic(codes.index_select(0, rows.fit), fit, count);
  const Tensor likely = at::softmax(reader(codes.index_select(0, rows.score)), 1).div(kKnown).round();
  const Tensor truth = classes.index_select(0, rows.score);
  double sum = 0;
  int64_t present = 0;
  const Tensor seen = at::bincount(fit, {}, count);
  for (int64_t c = 0; c < count; ++c) {
    if (seen[c].item<int64_t>() == 0) continue;
    const double area = area_under_roc(likely.select(1, c), truth.eq(c));
    if (std::isnan(area)) continue;
    sum += area;
    ++present;
  }
  return sum / static_cast<double>(present);
}

MetricTable::Row modularity_row(const Representation& row, const Division& rows) {
  std::vector<double> each;
  for (int64_t k = 0; k < row.factors.count(); ++k)
    each.push_back(
        explicitness(row.codes, row.factors.classes.select(1, k), row.factors.sizes[static_cast<size_t>(k)], rows));
  return {row.name, {at::tensor(each, at::kDouble).nanmean().item<double>(), modularity(row)}};
}

MetricTable score_by_modularity(const std::vector<Representation>& rows, uint64_t seed) {
  const Division division = divided(rows.at(0).codes.size(0), seed);
  MetricTable table;
  table.metric = "modularity";
  table.title =
      "Modularity (each dimension encodes one factor) and explicitness (a linear classifier reads the factors)";
  table.unit = "explicitness: area under the ROC curve, chance 0.5; modularity: from 0 to 1; higher is better";
  table.columns = {"explicitness", "modularity"};
  for (const Representation& row : rows) table.rows.push_back(modularity_row(row, division));
  table.protocol = fmt::format(
      "Mutual information of codes in 20 bins over {} examples; class-balanced logistic regression fitted on {} "
      "examples, "
      "scored on {} others (Ridgeway and Mozer 2018; seed {}). A dimension that encodes a little of one factor is as "
      "modular as one that encodes all of it.",
      rows.at(0).codes.size(0), division.fit.size(0), division.score.size(0), seed);
  return table;
}

}  // namespace

MetricEntry modularity_metric() {
  return {.name = "modularity",
          .summary = "Modularity of the dimensions and explicitness of the whole code.",
          .source = "Ridgeway and Mozer 2018",
          .lacks = lacks_factors,
          .score = score_by_modularity};
}

}  // namespace refract
