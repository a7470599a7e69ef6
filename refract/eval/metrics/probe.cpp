// The feature-learning protocol for ground-truth factors (Ruiz et al. 2019, Sec. 5.3).
#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/linear.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

std::string lacks_factors_to_read(const DataSource& data) {
  if (data.info().factors.empty())
    return fmt::format("The data set {} has no ground-truth factors to regress on.", data.info().name);
  return lacks_probe_splits(data);
}

Tensor factor_truth(const DataSource& data, Split split) {
  return data.factors(split, all_indices(data.count(split))).to(at::kCPU, at::kDouble);
}

Tensor least_squares(const Tensor& features, const Tensor& truth, const Tensor& asked) {
  return fit_least_squares(features, truth)(asked);
}

Tensor mean_of_fitted(const Tensor& /*features*/, const Tensor& truth, const Tensor& asked) {
  return truth.mean(0, true).expand({asked.size(0), -1});
}

std::vector<FeatureSet> sets_of(const Model& model, const DataSource& data, const Model* untrained) {
  std::vector<FeatureSet> sets = feature_sets(model, data);
  for (const auto& more : {drawn_feature_sets(model, data), baseline_sets(data, untrained)})
    sets.insert(sets.end(), more.begin(), more.end());
  return sets;
}

// Rows of errors, with a note on those that do no better than the mean, image by image.
void add_factor_rows(MetricTable& table, const std::vector<FeatureSet>& sets, const Tensor& truth,
                     const HeldOut& held_out) {
  const Tensor answers = held_out.scored(truth);
  const auto errors = [&](const FeatureSet& set, const HeldOut::Reader& reader) {
    return (held_out.predictions(set, truth, reader) - answers).abs();
  };
  const Tensor of_mean = errors(sets.front(), mean_of_fitted);
  std::vector<std::string> no_better;
  for (const FeatureSet& set : sets) {
    const Tensor found = errors(set, least_squares);
    table.rows.push_back(mean_errors(set.name, found, true));
    if (!clearly_positive((of_mean - found).mean(1))) no_better.push_back(set.name);
  }
  table.rows.push_back(mean_errors("predict the mean", of_mean, true));
  table.note = indistinguishable("predicting the mean", no_better);
}

MetricTable measure_probe(const Model& model, const DataSource& data, const Model* untrained,
                          const OnProgress& /*on_progress*/) {
  const Tensor fit = factor_truth(data, Split::fit);
  const Tensor score = factor_truth(data, Split::score);
  const HeldOut held_out(fit.size(0), score.size(0));

  MetricTable table;
  table.metric = "probe";
  table.title = "What linear regressors read from each code";
  table.unit = "mean absolute error, factors in [0, 1]; lower is better";
  table.columns = data.info().factors;
  table.columns.emplace_back("average");
  add_factor_rows(table, sets_of(model, data, untrained), at::cat({fit, score}), held_out);
  table.protocol = fmt::format(
      "Least squares on posterior means, {} (Ruiz et al. 2019, Sec. 5.3). A regressor can use small differences of "
      "posterior means that noise hides from the generator. Rows marked (drawn) use one sample of the posterior "
      "instead, as the generator does. {} ±: the standard error over the scored examples. Not distinguishable: on "
      "average less than two standard errors better, example by example.",
      held_out.protocol(), baseline_protocol(data, untrained));
  return table;
}

double factor_error_within_fit(const Model& model, const DataSource& data, const std::string& features) {
  const FeatureSet set = within_fit(model, data, features);
  const Tensor truth = factor_truth(data, Split::fit);
  const int64_t fitted = set.fit.size(0);
  const LinearMap map = fit_least_squares(set.fit, truth.slice(0, 0, fitted));
  return (map(set.score) - truth.slice(0, fitted)).abs().mean().item<double>();
}

}  // namespace

MetricEntry probe_metric() {
  return {"probe",
          "Mean absolute error of linear regressors from each latent block to the ground-truth factors.",
          "Ruiz et al. 2019, Sec. 5.3",
          lacks_factors_to_read,
          measure_probe,
          factor_error_within_fit};
}

}  // namespace refract
