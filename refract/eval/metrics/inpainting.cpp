#include "refract/eval/metrics/inpainting.h"

#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/mask.h"
#include "refract/data/order.h"
#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

// A column: a number for each picture, [N] double, of images [N, C, H, W] in [-1, 1] that were filled in.
struct InpaintingMeasure {
  const char* name;
  Tensor (*of)(const Tensor& truth, const Tensor& filled, const Tensor& hidden);
};

// What else is to be said of filled pictures is a line here.
constexpr std::array inpainting_measures = {InpaintingMeasure{"L1 of the hidden part", hidden_error}};

MetricTable::Row inpainting_row(const std::string& name, const Tensor& truth, const Tensor& filled,
                                const Tensor& hidden) {
  std::vector<Tensor> columns;
  columns.reserve(inpainting_measures.size());
  for (const InpaintingMeasure& measure : inpainting_measures) columns.push_back(measure.of(truth, filled, hidden));
  return mean_errors(name, at::stack(columns, 1), false);
}

Tensor mean_picture(const DataSource& data) {
  Tensor sum;
  for_each_slice(data, Split::fit, [&](const Tensor& x) {
    const Tensor part = x.sum(0, true, at::kDouble);
    sum = sum.defined() ? sum + part : part;
  });
  return (sum / data.count(Split::fit)).to(at::kFloat);
}

Tensor pictures_to_fill(const DataSource& data, const InpaintingProtocol& protocol) {
  Indices order = permutation(data.count(Split::score), mix(protocol.seed, MetricDraw::inpainting));
  order.resize(std::min(order.size(), static_cast<size_t>(protocol.most)));
  return data.examples(Split::score, order);
}

std::string inpainting_data_lacks(const DataSource& data) {
  if (!data.info().space.is_picture())
    return fmt::format("The data set {} has {}, and this metric fills in parts of pictures.", data.info().name,
                       text_of(data.info().space));
  return lacks_probe_splits(data);
}

}  // namespace

MetricTable inpainting_table(const Model& model, const DataSource& data, const InpaintingProtocol& protocol,
                             const OnProgress& on_progress) {
  if (const std::string missing = inpainting_data_lacks(data); !missing.empty()) throw BadInput(missing);
  const at::NoGradGuard no_grad;
  const Tensor hidden = hidden_pixels(protocol.mask, model.space());
  const Tensor truth = pictures_to_fill(data, protocol);
  const auto filled = [&](Inpainting by) {
    InpaintSettings settings = protocol.settings;
    settings.by = by;
    const Inpainted found = inpaint(model, truth, hidden, settings, on_progress);
    expect_finite("inpainting", found.filled);
    return found.filled.to(at::kCPU);
  };
  MetricTable table;
  table.metric = "inpainting";
  table.title = fmt::format("Error of pictures that were filled in: {}", protocol.mask);
  table.unit = "L1: mean absolute error of a hidden pixel, pixels in [-1, 1]; lower is better";
  for (const InpaintingMeasure& measure : inpainting_measures) table.columns.emplace_back(measure.name);
  table.rows.push_back(inpainting_row("optimised codes", truth, filled(Inpainting::optimising), hidden));
  if (model.encodes())
    table.rows.push_back(inpainting_row("encoded codes", truth, filled(Inpainting::encoding), hidden));
  table.rows.push_back(inpainting_row("mean image", truth, at::where(hidden, mean_picture(data), truth), hidden));
  table.protocol = fmt::format(
      "{} pictures of the split score. The model saw neither their {} nor their labels (Zheng and Sun 2019, Sec. 4.5). "
      "Optimised: {} steps of Adam on the codes, from at most {} combinations of classes. Encoded: encoded and filled "
      "{} times. Mean image: the mean of {} other pictures fills the hidden part. ±: the standard error over the "
      "pictures.",
      truth.size(0), protocol.mask, protocol.settings.steps, protocol.settings.starts, protocol.settings.rounds,
      data.count(Split::fit));
  return table;
}

MetricEntry inpainting_metric() {
  return {.name = "inpainting",
          .summary = "Error of held-out pictures whose right half the model fills in.",
          .source = "Zheng and Sun 2019, Sec. 4.5",
          .lacks = inpainting_data_lacks,
          .measure = [](const Model& model, const DataSource& data, const Model* /*untrained*/,
                        const OnProgress& on_progress) { return inpainting_table(model, data, {}, on_progress); },
          .lacks_of_model = [](const Model& model, const DataSource&) { return lacks_generator(model); },
          .on_request = true};
}

}  // namespace refract
