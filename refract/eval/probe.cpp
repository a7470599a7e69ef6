// The feature-learning protocol for ground-truth factors (Ruiz et al. 2019, Sec. 5.3).
#include <fmt/format.h>

#include "refract/eval/entries.h"
#include "refract/eval/features.h"
#include "refract/eval/linear.h"

namespace refract {
namespace {

std::string lacks(const DataSource& data) {
  if (data.info().factors.empty())
    return fmt::format("The data set {} has no ground-truth factors to regress on.", data.info().name);
  return lacks_probe_splits(data);
}

// Mean absolute error of each factor, then their average.
MetricTable::Row row_of(std::string name, const Tensor& predicted, const Tensor& truth) {
  const Tensor errors = (predicted - truth).abs().mean(0).contiguous();
  MetricTable::Row row{std::move(name), {errors.data_ptr<double>(), errors.data_ptr<double>() + errors.numel()}};
  row.values.push_back(errors.mean().item<double>());
  return row;
}

Tensor truth_of(const DataSource& data, Split split) {
  return data.factors(split, all_indices(data.count(split))).to(at::kCPU, at::kDouble);
}

MetricTable measure(const Model& model, const DataSource& data) {
  const Tensor fit = truth_of(data, Split::fit);
  const Tensor score = truth_of(data, Split::score);

  MetricTable table;
  table.metric = "probe";
  table.title = "What linear regressors read from each code";
  table.unit = "mean absolute error, factors in [0, 1]; lower is better";
  table.columns = data.info().factors;
  table.columns.emplace_back("average");
  const auto add_rows = [&](const std::vector<FeatureSet>& sets) {
    for (const FeatureSet& set : sets)
      table.rows.push_back(row_of(set.name, fit_least_squares(set.fit, fit)(set.score), score));
  };
  add_rows(feature_sets(model, data));
  add_rows(drawn_feature_sets(model, data));
  table.rows.push_back(row_of("predict the mean", fit.mean(0, true).expand_as(score), score));
  table.protocol = fmt::format(
      "Least squares on posterior means, fitted on {} images, scored on {} others (Ruiz et al. 2019, Sec. 5.3). A "
      "regressor scales up what a mean shows even where the posterior's noise drowns it for the generator; drawn: one "
      "sample of the posterior instead, as the generator sees it.",
      fit.size(0), score.size(0));
  return table;
}

double error_within_fit(const Model& model, const DataSource& data, const std::string& features) {
  const FeatureSet set = within_fit(model, data, features);
  const Tensor truth = truth_of(data, Split::fit);
  const int64_t fitted = set.fit.size(0);
  const LinearMap map = fit_least_squares(set.fit, truth.slice(0, 0, fitted));
  return (map(set.score) - truth.slice(0, fitted)).abs().mean().item<double>();
}

}  // namespace

MetricEntry probe_metric() {
  return {"probe",
          "Mean absolute error of linear regressors from each latent block to the ground-truth factors.",
          "Ruiz et al. 2019, Sec. 5.3",
          lacks,
          measure,
          error_within_fit};
}

}  // namespace refract
