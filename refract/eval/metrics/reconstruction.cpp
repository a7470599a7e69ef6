// How much of an image its code keeps.
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

Tensor mean_example(const DataSource& data) {
  Tensor sum;
  for_each_slice(data, Split::fit, [&](const Tensor& x) {
    const Tensor part = comparable(data.info().space, x).sum(0, true, at::kDouble);
    sum = sum.defined() ? sum + part : part;
  });
  return (sum / data.count(Split::fit)).to(at::kFloat);
}

Tensor reconstructed(const Model& model, const Tensor& images) {
  const Codes codes = model.encode(images);
  for (const Tensor& code : codes) expect_finite("reconstructions", code);
  return model.decode(codes).to(at::kCPU);
}

// The squared and the absolute error of each image: [N, 2], means over pixels.
Tensor errors(const Tensor& images, const Tensor& guess) {
  const Tensor difference = (images - guess).flatten(1).to(at::kDouble);
  return at::stack({difference.square().mean(1), difference.abs().mean(1)}, 1);
}

std::string unit_of(const Space& space) {
  if (space.is_picture()) return "mean error of a pixel, pixels in [-1, 1]; lower is better";
  if (space.values == Values::counts)
    return fmt::format("mean error of a count, in rows whose sum is {:.0f}; lower is better", space.library);
  return "mean error of a value, in standard deviations of its column; lower is better";
}

MetricTable measure_reconstruction(const Model& model, const DataSource& data, const Model* /*untrained*/,
                                   const OnProgress& /*on_progress*/) {
  const at::NoGradGuard no_grad;
  const Tensor mean = mean_example(data);
  std::vector<Tensor> parts_of_model, parts_of_mean;
  for_each_slice(data, Split::score, [&](const Tensor& x) {
    const Tensor truth = comparable(data.info().space, x);
    parts_of_model.push_back(errors(truth, reconstructed(model, x)));
    parts_of_mean.push_back(errors(truth, mean));
  });
  const Tensor of_model = at::cat(parts_of_model);
  const Tensor of_mean = at::cat(parts_of_mean);
  MetricTable table;
  table.metric = "reconstruction";
  table.title = "Error of the reconstructions";
  table.unit = unit_of(data.info().space);
  table.columns = {"squared", "absolute"};
  const std::string guess = data.info().space.is_picture() ? "mean image" : "mean row";
  table.rows = {mean_errors("model", of_model, false), mean_errors(guess, of_mean, false)};
  if (!clearly_positive((of_mean - of_model).select(1, 1))) table.note = indistinguishable("the " + guess, {"model"});
  table.protocol = fmt::format(
      "Reconstructions of {} examples from their posterior means; the mean image or row is that of {} others. ±: the "
      "standard "
      "error over the examples. Not distinguishable: the absolute error is less than two standard errors lower, "
      "example by "
      "example.",
      data.count(Split::score), data.count(Split::fit));
  return table;
}

}  // namespace

MetricEntry reconstruction_metric() {
  return {.name = "reconstruction",
          .summary = "Error of the reconstructions from posterior means.",
          .source = "the reconstruction term of Kingma and Welling 2014, without its scale",
          .lacks = lacks_probe_splits,
          .measure = measure_reconstruction,
          .lacks_of_model = [](const Model& model, const DataSource&) { return lacks_reconstruction(model); }};
}

}  // namespace refract
