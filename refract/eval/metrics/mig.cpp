// The mutual information gap (Chen et al. 2018, Sec. 4.1).
#include <fmt/format.h>

#include "refract/eval/information.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"

namespace refract {
namespace {

// For each factor: how much more the best dimension knows of it than the second best, as a part of what there is to
// know; a lone dimension has nothing beside it.
Tensor mig_gaps(const Representation& row) {
  const Tensor information = information_in_bins(row.codes, row.factors.classes);
  const Tensor best = std::get<0>(information.sort(0, true));
  const Tensor gap = best.size(0) > 1 ? best[0] - best[1] : best[0];
  return gap / entropies(row.factors.classes);
}

MetricTable score_by_mig(const std::vector<Representation>& rows, uint64_t /*seed*/) {
  MetricTable table;
  table.metric = "mig";
  table.title = "Mutual information gap: whether a single dimension encodes each factor";
  table.unit = "fraction of the factor's entropy, from 0 to 1; higher is better";
  table.columns = factor_columns(rows);
  for (const Representation& row : rows) table.rows.push_back({row.name, with_average(mig_gaps(row))});
  table.protocol = fmt::format(
      "Codes of {} examples in 20 bins of equal width, real-valued factors too, information by counting (Chen et al. "
      "2018; bins as in disentanglement_lib).",
      rows.at(0).codes.size(0));
  return table;
}

}  // namespace

MetricEntry mig_metric() {
  return {.name = "mig",
          .summary = "Gap in mutual information between the two dimensions that tell most about a factor.",
          .source = "Chen et al. 2018",
          .lacks = lacks_factors,
          .score = score_by_mig};
}

}  // namespace refract
