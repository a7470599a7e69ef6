// How examples that are drawn from a model's prior differ from held-out ones.
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/eval/energy.h"
#include "refract/eval/features.h"
#include "refract/eval/metrics/entries.h"
#include "refract/model/generated.h"

namespace refract {
namespace {

constexpr int64_t kMostCompared = 5000;  // examples of each side

struct ComparedSample {
  Tensor values;   // [N, D], see raw_values
  Tensor labels;   // [N]; undefined where classes are not compared
  Tensor factors;  // [N, K]; undefined where the data cannot read them, or without labels
};

ComparedSample sample_of(const DataSource& data, const Tensor& examples, const Tensor& labels) {
  expect_finite("generated examples", examples);
  return {raw_values(data.info().space, examples), labels,
          labels.defined() ? data.read_factors(examples, labels) : Tensor()};
}

ComparedSample held_out_sample(const DataSource& data, Split split, bool with_labels) {
  Indices rows = permutation(data.count(split), mix(place_of(split), MetricDraw::energy_rows));
  rows.resize(static_cast<size_t>(std::min(std::ssize(rows), kMostCompared)));
  return sample_of(data, data.examples(split, rows), with_labels ? data.labels(split, rows).to(at::kCPU) : Tensor());
}

ComparedSample members_of(const ComparedSample& sample, int64_t c) {
  const Tensor rows = sample.labels.eq(c).nonzero().squeeze(1);
  return {sample.values.index_select(0, rows), sample.labels.index_select(0, rows),
          sample.factors.defined() ? sample.factors.index_select(0, rows) : Tensor()};
}

// The standard deviation of each factor beside that of the real ones: [K] double.
Tensor spread_ratios(const ComparedSample& made, const ComparedSample& real) {
  if (made.factors.size(0) < 2 || real.factors.size(0) < 2)
    return at::full({real.factors.size(1)}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  return made.factors.to(at::kDouble).std(0) / real.factors.to(at::kDouble).std(0);
}

// Within each class; the last row has the means over classes and the energy distance of all.
class Comparison {
 public:
  Comparison(const ComparedSample& made, const ComparedSample& real, int64_t classes) {
    std::vector<Tensor> ratios;
    for (int64_t c = 0; c < classes; ++c) {
      const ComparedSample one = members_of(made, c), other = members_of(real, c);
      if (real.factors.defined()) ratios.push_back(spread_ratios(one, other));
      rows_.push_back(row(ratios.empty() ? Tensor() : ratios.back(), energy_distance(one.values, other.values)));
    }
    rows_.push_back(
        row(ratios.empty() ? Tensor() : at::stack(ratios).nanmean(0), energy_distance(made.values, real.values)));
  }

  [[nodiscard]] const std::vector<double>& of_class(size_t c) const { return rows_.at(c); }
  [[nodiscard]] const std::vector<double>& of_all() const { return rows_.back(); }

 private:
  static std::vector<double> row(const Tensor& ratios, double energy) {
    std::vector<double> values;
    if (ratios.defined()) values.assign(ratios.data_ptr<double>(), ratios.data_ptr<double>() + ratios.numel());
    values.push_back(energy);
    return values;
  }

  std::vector<std::vector<double>> rows_;
};

std::string energy_protocol(const DataSource& data, const ComparedSample& made, const ComparedSample& real,
                            const ComparedSample& others) {
  std::string text = fmt::format(
      "{} examples were generated from codes of the prior, without noise. They are compared with {} examples of the "
      "split score. In the row other held-out examples, {} examples of the split fit take their place. Energy "
      "distance: 2 E|x - y| - E|x - x'| - E|y - y'|, without pairs of an example with itself (Szekely and Rizzo 2013). "
      "It is 0 for equal distributions; an estimate may be a little below 0.",
      made.values.size(0), real.values.size(0), others.values.size(0));
  if (data.info().space.is_picture())
    text += fmt::format(" Pictures are averaged to {0}x{0} where they are larger.", kRawSide);
  if (real.labels.defined())
    text +=
        " The row of a class compares it with the same class of the data. This presumes that the model learned from "
        "labels.";
  if (real.factors.defined())
    text += fmt::format(
        " {}: the standard deviation of this factor within a class, of generated examples divided by that of held-out "
        "ones. The first and the last row have the means over the classes.",
        fmt::join(data.info().factors, ", "));
  return text;
}

MetricTable measure_energy(const Model& model, const DataSource& data, const Model* /*untrained*/,
                           const OnProgress& /*on_progress*/) {
  const at::NoGradGuard no_grad;
  const std::vector<std::string>& names = data.info().classes;
  const std::optional<size_t> category =
      names.empty() ? std::optional<size_t>() : category_of(model, std::ssize(names));
  const int64_t classes = category ? std::ssize(names) : 0;
  const ComparedSample real = held_out_sample(data, Split::score, classes > 0);
  const ComparedSample others = held_out_sample(data, Split::fit, classes > 0);
  const Generated drawn =
      generated(model, real.values.size(0), category, generator_of(mix(0, MetricDraw::energy_codes)));
  const ComparedSample made = sample_of(data, drawn.examples, drawn.labels);
  const Comparison comparison(made, real, classes);

  MetricTable table;
  table.metric = "energy";
  table.title = "Generated examples beside held-out ones";
  table.unit = real.factors.defined()
                   ? "ratio of standard deviations, 1 is right; energy distance in the examples' units, lower is better"
                   : "energy distance in the examples' units; lower is better";
  if (real.factors.defined()) table.columns = data.info().factors;
  table.columns.emplace_back("energy distance");
  table.rows.push_back({"generated", comparison.of_all()});
  for (size_t c = 0; c < static_cast<size_t>(classes); ++c)
    table.rows.push_back({fmt::format("generated {}", names[c]), comparison.of_class(c)});
  table.rows.push_back({"other held-out examples", Comparison(others, real, classes).of_all()});
  table.protocol = energy_protocol(data, made, real, others);
  return table;
}

}  // namespace

MetricEntry energy_metric() {
  return {.name = "energy",
          .summary =
              "How examples drawn from the prior differ from held-out ones: energy distance, and the spread of "
              "factors where the data can read them.",
          .source = "Szekely and Rizzo 2013; this project",
          .lacks = lacks_probe_splits,
          .measure = measure_energy,
          .lacks_of_model = [](const Model& model, const DataSource&) { return lacks_generated(model); },
          .on_request = true};
}

}  // namespace refract
