#include "refract/eval/metrics/inpainting.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/mask.h"
#include "refract/data/order.h"
#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/similarity.h"

namespace refract {
namespace {

// A column: a number for each picture, [N] double, of images [N, C, H, W] in [-1, 1] that were filled in.
struct InpaintingMeasure {
  const char* name;
  Tensor (*of)(const Tensor& truth, const Tensor& filled, const Tensor& hidden);
};

Tensor likeness_to_truth(const Tensor& truth, const Tensor& filled, const Tensor& /*hidden*/) {
  constexpr int64_t slice = 16;  // pictures: their windows are kept at every pixel, in double
  std::vector<Tensor> parts;
  for (int64_t from = 0; from < truth.size(0); from += slice)
    parts.push_back(
        ms_ssim(gray_levels(truth.slice(0, from, from + slice)), gray_levels(filled.slice(0, from, from + slice))));
  return at::cat(parts);
}

// What else is to be said of filled pictures is a line here.
constexpr std::array inpainting_measures = {InpaintingMeasure{"L1", hidden_error},
                                            InpaintingMeasure{"MS-SSIM", likeness_to_truth}};

// A row: what fills the hidden part, [N, C, H, W] with the visible part as it is.
struct Filling {
  std::string name;
  std::function<Tensor(const Tensor& hidden)> filled;
};

MetricTable::Row inpainting_row(const Filling& filling, const Tensor& truth, const std::vector<Tensor>& masks) {
  std::vector<Tensor> columns;
  columns.reserve(masks.size() * inpainting_measures.size());
  for (const Tensor& hidden : masks) {
    const Tensor filled = filling.filled(hidden);
    for (const InpaintingMeasure& measure : inpainting_measures) columns.push_back(measure.of(truth, filled, hidden));
  }
  return mean_errors(filling.name, at::stack(columns, 1), false);
}

Indices drawn_places(int64_t count, int64_t most, uint64_t key) {
  Indices order = permutation(count, key);
  order.resize(std::min(order.size(), static_cast<size_t>(most)));
  return order;
}

// What knows no model: pictures that trained it, in slices.
struct TrainingPictures {
  const DataSource& data;
  Indices rows;

  [[nodiscard]] Tensor mean() const;
  [[nodiscard]] Tensor nearest(const Tensor& truth, const Tensor& hidden) const;
};

Tensor TrainingPictures::mean() const {
  Tensor sum;
  for_each_slice(data, Split::unlabelled, rows, [&](const Tensor& x) {
    const Tensor part = x.sum(0, true, at::kDouble);
    sum = sum.defined() ? sum + part : part;
  });
  return (sum / std::ssize(rows)).to(at::kFloat);
}

// Of each picture the one whose visible values differ least, by the sum of squares.
Tensor TrainingPictures::nearest(const Tensor& truth, const Tensor& hidden) const {
  const Tensor visible = hidden.logical_not();
  const auto seen = [&](const Tensor& x) { return x.masked_select(visible).view({x.size(0), -1}); };
  const Tensor wanted = seen(truth);
  Tensor best, least;
  for_each_slice(data, Split::unlabelled, rows, [&](const Tensor& x) {
    const auto [distance, place] = at::cdist(wanted, seen(x)).min(1);
    const Tensor found = x.index_select(0, place);
    best = best.defined() ? at::where((distance < least).view({-1, 1, 1, 1}), found, best) : found;
    least = least.defined() ? at::minimum(distance, least) : distance;
  });
  return best;
}

std::string inpainting_data_lacks(const DataSource& data) {
  if (!data.info().space.is_picture())
    return fmt::format("The data set {} has {}, and this metric fills in parts of pictures.", data.info().name,
                       text_of(data.info().space));
  for (const Split split : {Split::score, Split::unlabelled})
    if (data.count(split) == 0)
      return fmt::format("The data set {} has no {} examples, which this metric needs.", data.info().name,
                         name_of(split));
  return "";
}

std::vector<Filling> fillings_of(const Model& model, const Tensor& truth, const TrainingPictures& training,
                                 const InpaintSettings& settings, const OnProgress& on_progress) {
  const auto by = [&model, truth, settings, on_progress](Inpainting way) {
    InpaintSettings its = settings;
    its.by = way;
    return [&model, truth, its, on_progress](const Tensor& hidden) {
      const Inpainted found = inpaint(model, truth, hidden, its, on_progress);
      expect_finite("inpainting", found.filled);
      return found.filled.to(at::kCPU);
    };
  };
  std::vector<Filling> fillings = {{"optimised codes", by(Inpainting::optimising)}};
  if (model.encodes()) fillings.push_back({"encoded codes", by(Inpainting::encoding)});
  fillings.push_back(
      {"mean image", [truth, mean = training.mean()](const Tensor& hidden) { return at::where(hidden, mean, truth); }});
  fillings.push_back({"nearest image", [truth, &training](const Tensor& hidden) {
                        return at::where(hidden, training.nearest(truth, hidden), truth);
                      }});
  return fillings;
}

std::string inpainting_protocol(int64_t pictures, const TrainingPictures& training, const InpaintSettings& settings) {
  return fmt::format(
      "{} pictures of the split score. The model saw neither the hidden part nor the labels (Zheng and Sun 2019, Sec. "
      "4.5). Optimised: codes move in {} steps of Adam. In a model with classes, every class is tried, and codes move "
      "from the best {} combinations of classes. Encoded: encoded and filled {} times; an encoder that reads the "
      "class is given the likeliest one by its "
      "own bound. Of {} training pictures, the mean image, or for each picture the one that is nearest to its visible "
      "part, fills the hidden part. ±: the standard error over the pictures.",
      pictures, settings.steps, settings.starts, settings.rounds, training.rows.size());
}

}  // namespace

MetricTable inpainting_table(const Model& model, const DataSource& data, const InpaintingProtocol& protocol,
                             const OnProgress& on_progress) {
  if (const std::string missing = inpainting_data_lacks(data); !missing.empty()) throw BadInput(missing);
  const at::NoGradGuard no_grad;
  const uint64_t key = mix(protocol.seed, MetricDraw::inpainting);
  const Tensor truth =
      data.examples(Split::score, drawn_places(data.count(Split::score), protocol.pictures, mix(key, 0)));
  const TrainingPictures training = {data, drawn_places(data.count(Split::unlabelled), protocol.training, mix(key, 1))};
  MetricTable table;
  table.metric = "inpainting";
  table.title = "Pictures that were filled in, beside the originals";
  table.unit =
      "L1: mean absolute error of a hidden pixel, pixels in [-1, 1], lower is better; MS-SSIM: of the whole picture, "
      "at "
      "most 1, higher is better";
  std::vector<Tensor> masks;
  for (const std::string& mask : protocol.masks) {
    masks.push_back(hidden_pixels(mask, model.space()));
    for (const InpaintingMeasure& measure : inpainting_measures)
      table.columns.push_back(fmt::format("{} {}", mask, measure.name));
  }
  for (const Filling& filling : fillings_of(model, truth, training, protocol.settings, on_progress))
    table.rows.push_back(inpainting_row(filling, truth, masks));
  table.protocol = inpainting_protocol(truth.size(0), training, protocol.settings);
  return table;
}

MetricEntry inpainting_metric() {
  return {.name = "inpainting",
          .summary = "L1 error and MS-SSIM of held-out pictures whose halves, eyes or mouths the model fills in.",
          .source = "Zheng and Sun 2019, Sec. 4.5",
          .lacks = inpainting_data_lacks,
          .measure = [](const Model& model, const DataSource& data, const Model* /*untrained*/,
                        const OnProgress& on_progress) { return inpainting_table(model, data, {}, on_progress); },
          .lacks_of_model = [](const Model& model, const DataSource&) { return lacks_generator(model); },
          .on_request = true};
}

}  // namespace refract
