// The feature-learning protocol for labelled sets (Ruiz et al. 2019, Sec. 5.3).
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "refract/eval/entries.h"
#include "refract/eval/features.h"
#include "refract/eval/linear.h"

namespace refract {
namespace {

constexpr const char* as_it_is = " (as it is)";

std::string lacks(const DataSource& data) {
  if (data.info().classes.size() < 2)
    return fmt::format("The data set {} has no labels of two or more classes to tell apart.", data.info().name);
  return lacks_probe_splits(data);
}

// The part of each class that is recognised, then the average over the classes. A class without images has no value.
MetricTable::Row row_of(std::string name, const Tensor& predicted, const Tensor& truth, int64_t classes) {
  MetricTable::Row row{std::move(name), {}};
  double sum = 0;
  int64_t present = 0;
  for (int64_t c = 0; c < classes; ++c) {
    const Tensor right = predicted.masked_select(truth.eq(c)).eq(c).to(at::kDouble);
    const bool empty = right.numel() == 0;
    row.values.push_back(empty ? std::numeric_limits<double>::quiet_NaN() : right.mean().item<double>());
    if (empty) continue;
    sum += row.values.back();
    ++present;
  }
  row.values.push_back(sum / static_cast<double>(present));
  return row;
}

Tensor truth_of(const DataSource& data, Split split) {
  return data.labels(split, all_indices(data.count(split))).to(at::kCPU);
}

// What a model's own classes say, where they are as many as the data's: with labels in training they are the same.
void add_own_classes(MetricTable& table, const Model& model, const DataSource& data, const Tensor& truth) {
  const auto classes = static_cast<int64_t>(data.info().classes.size());
  const auto comparable = [&](const Block& block) { return block.categorical && block.size == classes; };
  if (std::none_of(model.blocks().begin(), model.blocks().end(), comparable)) return;
  const Codes codes = split_codes(model, data, Split::score);
  for (size_t b = 0; b < codes.size(); ++b)
    if (comparable(model.blocks()[b]))
      table.rows.push_back(row_of(model.blocks()[b].name + as_it_is, codes[b].argmax(1), truth, classes));
}

MetricTable measure(const Model& model, const DataSource& data) {
  const Tensor fit = truth_of(data, Split::fit);
  const Tensor score = truth_of(data, Split::score);
  const auto classes = static_cast<int64_t>(data.info().classes.size());

  MetricTable table;
  table.metric = "classify";
  table.title = "What a linear classifier reads from each code";
  table.unit = "part of each class recognised, from 0 to 1; higher is better";
  table.columns = data.info().classes;
  table.columns.emplace_back("average");
  for (const FeatureSet& set : feature_sets(model, data)) {
    const Tensor predicted = fit_logistic_by_held_out(set.fit, fit, classes)(set.score).argmax(1);
    table.rows.push_back(row_of(set.name, predicted, score, classes));
  }
  add_own_classes(table, model, data, score);
  const double guess = 1.0 / static_cast<double>(classes);
  const std::string own = table.rows.back().name.ends_with(as_it_is) ? " As it is: the likeliest of its classes." : "";
  table.rows.push_back({"chance", std::vector<double>(table.columns.size(), guess)});
  table.protocol = fmt::format(
      "Class-balanced logistic regression on posterior means, fitted on {} images (its penalty chosen "
      "among them), scored on {} others (Ruiz et al. 2019, Sec. 5.3).{}",
      fit.size(0), score.size(0), own);
  return table;
}

double error_within_fit(const Model& model, const DataSource& data, const std::string& features) {
  const FeatureSet set = within_fit(model, data, features);
  const Tensor truth = truth_of(data, Split::fit);
  const int64_t fitted = set.fit.size(0);
  const auto classes = static_cast<int64_t>(data.info().classes.size());
  const Tensor predicted = fit_logistic_by_held_out(set.fit, truth.slice(0, 0, fitted), classes)(set.score).argmax(1);
  return 1 - row_of(features, predicted, truth.slice(0, fitted), classes).values.back();
}

}  // namespace

MetricEntry classify_metric() {
  return {"classify",
          "Mean per-class accuracy of a linear classifier from each latent block to the labels.",
          "Ruiz et al. 2019, Sec. 5.3",
          lacks,
          measure,
          error_within_fit};
}

}  // namespace refract
