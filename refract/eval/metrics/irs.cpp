// The interventional robustness score (Suter et al. 2019, Sec. 4).
#include <ATen/ops/quantile.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include "refract/eval/columns.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

constexpr double kQuantile = 0.99;

// How far each dimension still moves from its mean while factor k is fixed, averaged over the values of k: [D].
Tensor movement(const Tensor& codes, const Groups& groups, int64_t k, int64_t values) {
  std::vector<Tensor> farthest;
  for (int64_t c = 0; c < values; ++c) {
    const Tensor sharing = codes.index_select(0, groups.rows(k, c));
    farthest.push_back(at::quantile((sharing - sharing.mean(0)).abs(), kQuantile, 0));
  }
  return at::stack(farthest).mean(0);
}

// Each dimension by the factor that keeps it steadiest, dimensions weighted by their greatest deviation. 0 where none
// moves.
double robustness(const Representation& row, const Groups& groups) {
  const Tensor moving = constant_columns(row.codes).logical_not().nonzero().squeeze(1);
  if (moving.numel() == 0) return 0;
  const Tensor codes = row.codes.index_select(1, moving);
  const Tensor weights = (codes - codes.mean(0)).abs().amax(0);
  std::vector<Tensor> steady;
  for (int64_t k = 0; k < row.factors.count(); ++k)
    steady.push_back(1 - movement(codes, groups, k, row.factors.sizes[static_cast<size_t>(k)]) / weights);
  return (at::stack(steady).amax(0) * weights).sum().div(weights.sum()).item<double>();
}

MetricTable score_by_irs(const std::vector<Representation>& rows, uint64_t /*seed*/) {
  const Factors& factors = rows.at(0).factors;
  const Groups groups(factors);
  MetricTable table;
  table.metric = "irs";
  table.title = "Interventional robustness: whether each dimension stays where it is while one factor is fixed";
  table.unit = "from 0 to 1; higher is better";
  table.columns = {"robustness"};
  for (const Representation& row : rows) table.rows.push_back({row.name, {robustness(row, groups)}});
  table.protocol = fmt::format(
      "The {} quantile of deviations among {} examples (Suter et al. 2019, as in disentanglement_lib). Few examples "
      "per "
      "value raise the score, so compare with noise.",
      kQuantile, factors.values.size(0));
  return table;
}

}  // namespace

MetricEntry irs_metric() {
  return {.name = "irs",
          .summary = "Interventional robustness: how steady each dimension is when all factors except one change.",
          .source = "Suter et al. 2019",
          .lacks = lacks_factors,
          .score = score_by_irs};
}

}  // namespace refract
