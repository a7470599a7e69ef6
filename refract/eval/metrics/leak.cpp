// What each code says of the labels, and how much of them leaks into the codes that are to say nothing (Mathieu et al.
// 2016, Sec. 5 and Table 1).
#include <ATen/ops/bincount.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "refract/core/random.h"
#include "refract/eval/held_out.h"
#include "refract/eval/labelled_parts.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/probe_network.h"
#include "refract/eval/readings.h"

namespace refract {
namespace {

constexpr int64_t kMostFitted = 30'000;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Estimate {
  double value = kUnknown, spread = kUnknown;
};

// The KL of each block, summed over its dimensions; NaN where there is none.
std::vector<Estimate> summed_kl(const Model& model, const DataSource& data, const LabelledPart& part) {
  std::vector<Estimate> all(model.blocks().size());
  const Codes each = part_codes(data, part, [&](const Tensor& x) {
    Codes kl = model.kl(x);
    for (Tensor& of_block : kl)
      if (of_block.defined()) of_block = of_block.sum(1, false, at::kDouble);
    return kl;
  });
  for (size_t b = 0; b < each.size(); ++b)
    if (each[b].defined()) all[b] = {each[b].mean().item<double>(), standard_error(each[b])};
  return all;
}

// 1 where `said` is wrong, 0 where it is right, NaN where nobody knows: [N, K].
Tensor errors_of(const Tensor& said, const Tensor& labels) {
  return said.ne(labels).to(at::kDouble).masked_fill(labels.lt(0), kUnknown);
}

// A number for each example, of errors [N, K] that know a label of each attribute. Their mean is the mean over the
// attributes of each one's error, and their spread that of this mean.
Tensor example_errors(const Tensor& errors) {
  const Tensor known = errors.isnan().logical_not().sum(0).to(at::kDouble);
  const Tensor means = errors.nansum(0) / known;
  return (means + (errors - means).nan_to_num(0) * (static_cast<double>(errors.size(0)) / known)).mean(1);
}

// With a right and a wrong answer added to the spread, so that a few right answers are not certain.
Estimate estimated(const Tensor& errors) {
  const std::vector<int64_t> row = {1, errors.size(1)};
  const Tensor doubted = at::cat({errors, at::zeros(row, errors.options()), at::ones(row, errors.options())});
  return {example_errors(errors).mean().item<double>(), standard_error(example_errors(doubted))};
}

// What is wrong of what something says of the fitted and of the scored examples.
struct Errors {
  Tensor fitted, scored;  // [N, K]
};

Errors errors_of_network(const ProbeReading& reading, const LabelledParts& parts, const std::vector<int64_t>& classes) {
  const FittedProbe probe =
      fit_probe_network({reading.fitted, parts.fitted.labels}, {reading.validation, parts.validation.labels}, classes,
                        mix(0, MetricDraw::leak_probe));
  return {errors_of(probe.network(reading.fitted), parts.fitted.labels),
          errors_of(probe.network(reading.scored), parts.scored.labels)};
}

// Of who always says the class that is the most frequent among the fitted examples.
Errors errors_of_majority(const LabelledParts& parts, const std::vector<int64_t>& classes) {
  std::vector<int64_t> most;
  for (size_t k = 0; k < classes.size(); ++k) {
    const Tensor labels = parts.fitted.labels.select(1, static_cast<int64_t>(k));
    most.push_back(at::bincount(labels.masked_select(labels.ge(0)), {}, classes[k]).argmax().item<int64_t>());
  }
  const Tensor said = at::tensor(most, at::kLong).unsqueeze(0);
  return {errors_of(said, parts.fitted.labels), errors_of(said, parts.scored.labels)};
}

// The table: errors of each attribute where there are several, the KL where the model tells any, and the two means over
// attributes, the one that sums up last.
class LeakTable {
 public:
  LeakTable(const std::vector<Attribute>& attributes, bool with_kl) : with_kl_(with_kl) {
    for (const Attribute& attribute : attributes)
      chances_.push_back(1 - 1 / static_cast<double>(attribute.values.size()));
    if (several())
      for (const Attribute& attribute : attributes) table_.columns.push_back(attribute.name);
    if (with_kl) table_.columns.emplace_back("KL (nats)");
    table_.columns.insert(table_.columns.end(), {"train error", "test error"});
  }

  void add(const std::string& name, const Errors& errors, const Estimate& kl) {
    std::vector<Estimate> cells;
    if (several())
      for (const Tensor& attribute : errors.scored.split(1, 1)) cells.push_back(estimated(attribute));
    if (with_kl_) cells.push_back(kl);
    for (const Tensor& all : {errors.fitted, errors.scored}) cells.push_back(estimated(all));
    add(name, cells);
  }

  void add_uniform_chance() {
    std::vector<Estimate> cells;
    double mean = 0;
    for (const double chance : chances_) {
      if (several()) cells.push_back({chance});
      mean += chance / static_cast<double>(chances_.size());
    }
    if (with_kl_) cells.emplace_back();
    cells.insert(cells.end(), 2, {mean});
    add("uniform chance", cells);
  }

  MetricTable& table() { return table_; }

 private:
  [[nodiscard]] bool several() const { return chances_.size() > 1; }

  void add(const std::string& name, const std::vector<Estimate>& cells) {
    MetricTable::Row row{name, {}};
    for (const Estimate& cell : cells) {
      row.values.push_back(cell.value);
      row.spreads.push_back(cell.spread);
    }
    table_.rows.push_back(std::move(row));
  }

  MetricTable table_;
  std::vector<double> chances_;
  bool with_kl_;
};

std::string leak_protocol(const DataSource& data, const LabelledParts& parts, const Model* untrained) {
  std::vector<std::string> names;
  for (const Attribute& attribute : parts.attributes) names.push_back(attribute.name);
  return fmt::format(
      "Mathieu et al. 2016, Sec. 5: for each row, a network of one hidden layer tells the labels ({}). It has {} units "
      "with dropout, is fitted to {} training examples (train error), stopped early by {} of the split fit, and scored "
      "on {} of the split score (test error). {}{} "
      "KL: of the whole block, averaged over the scored examples; what leaks depends on it. Uniform chance: 1 - 1/k "
      "for k classes; majority chance: the class that most of the "
      "fitted examples have. ±: the standard error over the examples, with one right and one wrong answer added. Not "
      "distinguishable: less than two standard errors better, example by example.",
      fmt::join(names, ", "), ProbeOptions().hidden, parts.fitted.rows.size(), parts.validation.rows.size(),
      parts.scored.rows.size(),
      names.size() > 1 ? "The errors are means over these attributes, without unknown labels. " : "",
      readings_protocol(data.info().space, untrained));
}

MetricTable measure_leak(const Model& model, const DataSource& data, const Model* untrained,
                         const OnProgress& on_progress) {
  const at::NoGradGuard no_grad;
  const LabelledParts parts = labelled_parts(data, kMostFitted, mix(0, MetricDraw::leak_rows));
  std::vector<int64_t> classes;
  for (const Attribute& attribute : parts.attributes) classes.push_back(std::ssize(attribute.values));
  const std::vector<ProbeReading> readings = readings_of(model, data, parts, mix(0, MetricDraw::leak_draws), untrained);
  const std::vector<Estimate> kl = summed_kl(model, data, parts.scored);
  const auto of_block = [&](const ProbeReading& reading) { return reading.block ? kl.at(*reading.block) : Estimate(); };
  const bool with_kl = std::any_of(readings.begin(), readings.end(),
                                   [&](const ProbeReading& reading) { return !std::isnan(of_block(reading).value); });

  LeakTable rows(parts.attributes, with_kl);
  const Errors majority = errors_of_majority(parts, classes);
  const Tensor of_majority = example_errors(majority.scored);
  std::vector<std::string> no_better;
  for (size_t i = 0; i < readings.size(); ++i) {
    const ProbeReading& reading = readings[i];
    if (on_progress) on_progress({"Fitting networks", static_cast<int64_t>(i), std::ssize(readings)});
    const Errors errors = errors_of_network(reading, parts, classes);
    rows.add(reading.name, errors, of_block(reading));
    if (!clearly_positive(of_majority - example_errors(errors.scored))) no_better.push_back(reading.name);
  }
  if (on_progress) on_progress({"Fitting networks", std::ssize(readings), std::ssize(readings)});
  rows.add_uniform_chance();
  rows.add("majority chance", majority, {});

  MetricTable table = std::move(rows.table());
  table.metric = "leak";
  table.title = "What a network reads of the labels from each code";
  table.unit = "share of wrong answers, from 0 to 1; KL in nats";
  table.protocol = leak_protocol(data, parts, untrained);
  table.note = indistinguishable("majority chance", no_better);
  if (!parts.left_out.empty()) table.note += (table.note.empty() ? "" : " ") + parts.left_out;
  return table;
}

}  // namespace

MetricEntry leak_metric() {
  return {.name = "leak",
          .summary = "Error of networks that tell the labels from each latent block: sampled, mean and log-variance.",
          .source = "Mathieu et al. 2016, Sec. 5 and Table 1",
          .lacks = lacks_labelled_parts,
          .measure = measure_leak,
          .on_request = true};
}

}  // namespace refract
