// The feature-learning protocol for labelled sets (Ruiz et al. 2019, Sec. 5.3).
#include <ATen/ops/bincount.h>
#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/linear.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

constexpr const char* as_it_is = " (as it is)";

std::string lacks_classes_to_tell(const DataSource& data) {
  if (data.info().classes.size() < 2)
    return fmt::format("The data set {} has no labels of two or more classes to tell apart.", data.info().name);
  return lacks_probe_splits(data);
}

Tensor class_truth(const DataSource& data, Split split) {
  return data.labels(split, all_indices(data.count(split))).to(at::kCPU);
}

// What a model's own classes say, where they are as many as the data's: with labels in training they are the same.
void add_own_classes(MetricTable& table, const Model& model, const DataSource& data, const Tensor& truth,
                     const HeldOut& held_out) {
  const auto classes = static_cast<int64_t>(data.info().classes.size());
  const auto comparable = [&](const Block& block) { return block.categorical && block.size == classes; };
  if (std::none_of(model.blocks().begin(), model.blocks().end(), comparable)) return;
  const Codes fit = split_codes(model, data, Split::fit);
  const Codes score = split_codes(model, data, Split::score);
  for (size_t b = 0; b < score.size(); ++b)
    if (comparable(model.blocks()[b]))
      table.rows.push_back(recognised(model.blocks()[b].name + as_it_is,
                                      held_out.scored(at::cat({fit[b], score[b]}).argmax(1)), truth, classes));
}

// Rows of what classifiers recognise, with a note on those that are not above chance.
void add_error_rows(MetricTable& table, const Model& model, const DataSource& data, const Model* untrained,
                    const Tensor& truth, const HeldOut& held_out) {
  const auto classes = static_cast<int64_t>(data.info().classes.size());
  const Tensor answers = held_out.scored(truth);
  const auto reader = [&](const Tensor& features, const Tensor& labels, const Tensor& asked) {
    return fit_logistic_by_held_out(features, labels, classes)(asked).argmax(1);
  };
  const auto add = [&](const std::vector<FeatureSet>& sets) {
    for (const FeatureSet& set : sets)
      table.rows.push_back(recognised(set.name, held_out.predictions(set, truth, reader), answers, classes));
  };
  add(feature_sets(model, data));
  add_own_classes(table, model, data, answers, held_out);
  add(baseline_sets(data, untrained));
  // Of the classes that have examples to fit or score.
  const double guess = 1.0 / at::bincount(truth, {}, classes).gt(0).sum().item<double>();
  std::vector<std::string> no_better;
  for (const MetricTable::Row& row : table.rows)
    if (!clearly_above(row.values.back(), row.spreads.back(), guess)) no_better.push_back(row.name);
  table.rows.push_back({"chance", std::vector<double>(table.columns.size(), guess)});
  table.note = indistinguishable("chance", no_better);
}

MetricTable measure_classify(const Model& model, const DataSource& data, const Model* untrained,
                             const OnProgress& /*on_progress*/) {
  const Tensor fit = class_truth(data, Split::fit);
  const Tensor score = class_truth(data, Split::score);
  const Tensor truth = at::cat({fit, score});
  const HeldOut held_out(fit.size(0), score.size(0), truth);

  MetricTable table;
  table.metric = "classify";
  table.title = "What a linear classifier reads from each code";
  table.unit = "fraction of each class that is recognised, from 0 to 1; higher is better";
  table.columns = data.info().classes;
  table.columns.emplace_back("average");
  add_error_rows(table, model, data, untrained, truth, held_out);
  const auto own = [](const MetricTable::Row& row) { return row.name.ends_with(as_it_is); };
  table.protocol = fmt::format(
      "Class-balanced logistic regression on posterior means, {}, with the penalty chosen on the fitting examples "
      "(Ruiz "
      "et al. 2019, Sec. 5.3).{} {} ±: the standard error over the scored examples, with one success and one failure "
      "added to each class. Not distinguishable: less than two standard errors above.",
      held_out.protocol(),
      std::any_of(table.rows.begin(), table.rows.end(), own)
          ? " Rows marked (as it is) name the likeliest class of the code."
          : "",
      baseline_protocol(data, untrained));
  return table;
}

double class_error_within_fit(const Model& model, const DataSource& data, const std::string& features) {
  const FeatureSet set = within_fit(model, data, features);
  const Tensor truth = class_truth(data, Split::fit);
  const int64_t fitted = set.fit.size(0);
  const auto classes = static_cast<int64_t>(data.info().classes.size());
  const Tensor predicted = fit_logistic_by_held_out(set.fit, truth.slice(0, 0, fitted), classes)(set.score).argmax(1);
  return 1 - recognised(features, predicted, truth.slice(0, fitted), classes).values.back();
}

}  // namespace

MetricEntry classify_metric() {
  return {"classify",
          "Mean per-class accuracy of a linear classifier from each latent block to the labels.",
          "Ruiz et al. 2019, Sec. 5.3",
          lacks_classes_to_tell,
          measure_classify,
          class_error_within_fit};
}

}  // namespace refract
