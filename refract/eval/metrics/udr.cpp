#include "refract/eval/metrics/udr.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "refract/core/errors.h"
#include "refract/eval/ranks.h"

namespace refract {
namespace {

constexpr double kLeastDivergence = 0.01;

Tensor informative(const Tensor& codes) {
  const Tensor divergence = codes.var(0, false) / 2;
  return codes.index_select(1, divergence.gt(kLeastDivergence).nonzero().squeeze(1));
}

// Over the rows of `correlation` [D, E]: the square of the largest entry as a part of the sum, summed.
double one_sided(const Tensor& correlation) {
  const Tensor sum = correlation.sum(1);
  return (correlation.amax(1).square() / sum.masked_fill(sum.eq(0), 1)).sum().item<double>();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

double agreement(const Tensor& a, const Tensor& b) {
  const Tensor one = informative(a);
  const Tensor other = informative(b);
  if (one.size(1) == 0 || other.size(1) == 0) return 0;
  const Tensor correlation = rank_correlation(one, other).abs();
  return (one_sided(correlation) + one_sided(correlation.t())) / static_cast<double>(one.size(1) + other.size(1));
}

MetricTable udr(const std::vector<Representation>& models) {
  if (models.size() < 2)
    throw BadInput(fmt::format("Comparing models by udr: expected the codes of two or more, found {}.", models.size()));
  MetricTable table;
  table.metric = "udr";
  table.title = "Unsupervised disentanglement ranking: whether models agree on their dimensions";
  table.unit = "agreement of each two models, from 0 to 1; higher is better";
  for (const Representation& model : models) table.columns.push_back(model.name);
  table.columns.emplace_back("median");
  for (size_t i = 0; i < models.size(); ++i) {
    std::vector<double> others;
    for (size_t j = 0; j < models.size(); ++j)
      if (j != i) others.push_back(agreement(models[i].codes, models[j].codes));
    MetricTable::Row row{models[i].name, others};
    row.values.insert(row.values.begin() + static_cast<ptrdiff_t>(i), std::numeric_limits<double>::quiet_NaN());
    row.values.push_back(median(others));
    table.rows.push_back(std::move(row));
  }
  table.protocol = fmt::format(
      "Spearman's correlations of the codes of {} examples by {} models; a dimension whose means vary by less than a "
      "divergence of {} from a standard normal prior is left out (Duan et al. 2020).",
      models[0].codes.size(0), models.size(), kLeastDivergence);
  return table;
}

}  // namespace refract
