// Disentanglement, completeness and informativeness (Eastwood and Williams 2018, Sec. 2).
#include <ATen/ops/stack.h>
#include <ATen/ops/xlogy.h>
#include <fmt/format.h>

#include <cmath>

#include "refract/core/random.h"
#include "refract/eval/forest.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

// 1 where each row of `importance` [R, C] has one entry, 0 where all of a row are equal; rows count by their sums. 0
// where nothing is important.
double concentration(const Tensor& importance) {
  const Tensor sums = importance.sum(1);
  if (sums.sum().item<double>() <= 0) return 0;
  if (importance.size(1) == 1) return 1;
  const Tensor parts = importance / sums.masked_fill(sums.eq(0), 1).unsqueeze(1);
  const Tensor entropy = -at::xlogy(parts, parts).sum(1) / std::log(static_cast<double>(importance.size(1)));
  return ((1 - entropy).clamp_min(0) * sums).sum().div(sums.sum()).item<double>();
}

MetricTable::Row dci_row(const Representation& row, const Division& rows, uint64_t seed) {
  std::vector<Tensor> importance;
  double accuracy = 0;
  for (int64_t k = 0; k < row.factors.count(); ++k) {
    const ForestReading reading =
        read_by_forest(row.codes, row.factors.classes.select(1, k), rows, mix(seed, Stream::figures, k));
    const Tensor sum = reading.importance.sum();
    importance.push_back(reading.importance / sum.masked_fill(sum.eq(0), 1));
    accuracy += reading.accuracy / static_cast<double>(row.factors.count());
  }
  const Tensor matrix = at::stack(importance, 1);
  return {row.name, {accuracy, concentration(matrix.t()), concentration(matrix)}};
}

MetricTable score_by_dci(const std::vector<Representation>& rows, uint64_t seed) {
  const Division division = divided(rows.at(0).codes.size(0), seed);
  MetricTable table;
  table.metric = "dci";
  table.title = "Informativeness, completeness (one dimension per factor), disentanglement (one factor per dimension)";
  table.unit = "informativeness: accuracy; the others: from 0 to 1; higher is better";
  table.columns = {"informativeness", "completeness", "disentanglement"};
  for (const Representation& row : rows) table.rows.push_back(dci_row(row, division, seed));
  table.protocol = fmt::format(
      "A random forest for each factor, fitted on {} examples and scored on {} others. The importance of a dimension "
      "is "
      "the loss of votes for the right class when the dimension is shuffled in the scored examples, beyond three "
      "standard errors, or more in codes of over 10 dimensions (Eastwood and Williams 2018 take the forest's own "
      "importances; seed {}).",
      division.fit.size(0), division.score.size(0), seed);
  return table;
}

}  // namespace

MetricEntry dci_metric() {
  return {.name = "dci",
          .summary = "Disentanglement, completeness and informativeness by random forests.",
          .source = "Eastwood and Williams 2018",
          .lacks = lacks_factors,
          .score = score_by_dci};
}

}  // namespace refract
