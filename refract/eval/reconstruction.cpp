// How much of an image its code keeps.
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "refract/eval/entries.h"
#include "refract/eval/features.h"

namespace refract {
namespace {

Tensor mean_image(const DataSource& data) {
  Tensor sum;
  for_each_slice(data, Split::fit, [&](const Tensor& images) {
    const Tensor part = images.sum(0, true, at::kDouble);
    sum = sum.defined() ? sum + part : part;
  });
  return (sum / data.count(Split::fit)).to(at::kFloat);
}

Tensor reconstructed(const Model& model, const Tensor& images) {
  const Codes codes = model.encode(images);
  for (const Tensor& code : codes) expect_finite("reconstructions", code);
  return model.decode(codes).to(at::kCPU);
}

// Sums over images of the absolute and of the squared error of a pixel.
Tensor errors(const Tensor& images, const Tensor& guess) {
  const Tensor difference = (images - guess).flatten(1).to(at::kDouble);
  return at::stack({difference.square().mean(1).sum(), difference.abs().mean(1).sum()});
}

MetricTable::Row row_of(std::string name, const Tensor& sums, int64_t count) {
  const Tensor means = sums / count;
  return {std::move(name), {means[0].item<double>(), means[1].item<double>()}};
}

MetricTable measure(const Model& model, const DataSource& data) {
  const at::NoGradGuard no_grad;
  const Tensor mean = mean_image(data);
  Tensor of_model = at::zeros({2}, at::kDouble);
  Tensor of_mean = at::zeros({2}, at::kDouble);
  for_each_slice(data, Split::score, [&](const Tensor& images) {
    of_model += errors(images, reconstructed(model, images));
    of_mean += errors(images, mean);
  });
  const int64_t count = data.count(Split::score);
  MetricTable table;
  table.metric = "reconstruction";
  table.title = "How far images are from what their codes give back";
  table.unit = "mean error of a pixel, pixels in [-1, 1]; lower is better";
  table.columns = {"squared", "absolute"};
  table.rows = {row_of("model", of_model, count), row_of("mean image", of_mean, count)};
  table.protocol = fmt::format(
      "The generator's mean image for the posterior means of {} images; the mean image is that of {} others.", count,
      data.count(Split::fit));
  return table;
}

}  // namespace

MetricEntry reconstruction_metric() {
  return {.name = "reconstruction",
          .summary = "Error of the images that the generator makes of the posterior means.",
          .source = "the reconstruction term of Kingma and Welling 2014, without its scale",
          .lacks = lacks_probe_splits,
          .measure = measure};
}

}  // namespace refract
