#include "refract/methods/common.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/softplus.h>
#include <fmt/format.h>

#include <cmath>

#include "refract/core/errors.h"

namespace refract {

void NetworkOptions::describe_into(Options& options) {
  options
      .add(
          "architecture", architecture_style,
          "pooled: 3x3 convolutions and pooling (Ruiz et al. 2019); strided: 4x4 convolutions of stride 2 and a hidden "
          "layer (Dupont 2018; Hajimiri et al. 2021)")
      .one_of({"pooled", "strided"});
  options.add("widths", widths, "channels at each resolution, from the image's downwards; each halves the image once")
      .range(1, 4096);
  options
      .add("generator_widths", generator_widths,
           "channels after each of a strided generator's layers but the last, from coarse to fine; empty: the widths "
           "backwards")
      .range(1, 4096);
  options.add("hidden", hidden, "features between a strided network's convolutions and codes").range(1, 65536);
  options
      .add("generator_output", generator_output,
           "how the generator ends: linear, tanh (Ruiz et al.) or leaky, a clamp to [-1, 1] with slope 0.1 outside")
      .one_of({"linear", "tanh", "leaky"});
  options.add("learning_rate", learning_rate, "step size of Adam (Ruiz et al.: 1e-4)").range(0, 1);
  options.add("beta1", beta1, "decay of Adam's first moment").range(0, 0.9999);
  options.add("beta2", beta2, "decay of Adam's second moment").range(0, 0.99999);
}

Architecture NetworkOptions::architecture() const {
  using Style = Architecture::Style;
  return {widths, architecture_style == "strided" ? Style::strided : Style::pooled, generator_widths, hidden};
}

Adam NetworkOptions::adam(double rate_factor) const {
  return {learning_rate * rate_factor, beta1, beta2, 1e-8};
}

void LikelihoodOptions::describe_into(Options& options) {
  options
      .add("likelihood", likelihood,
           "of an image: laplace, an L1 error, or bernoulli, a binary cross-entropy (of the linear output's logits)")
      .one_of({"laplace", "bernoulli"});
  options.add("reduction", reduction, "how the error of an image is reduced over channels and pixels")
      .one_of({"sum", "mean"});
  options
      .add("laplace_scale", laplace_scale,
           "scale of the Laplace likelihood, which divides the error (Ruiz et al.: 0.01, reduction unknown)")
      .range(1e-6, 1e6);
  options
      .add("pyramid", pyramid,
           "average the L1 error with that of this many halvings of the images, which guides thin lines (Ruiz et al.: "
           "0)")
      .range(0, 12);
}

Output LikelihoodOptions::output(const NetworkOptions& network) const {
  const std::string& end = network.generator_output;
  if (likelihood == "bernoulli" && end != "linear")
    throw BadInput(fmt::format(
        "Building the generator: likelihood bernoulli reads its output as logits, which have no bounds, and "
        "generator_output is {}. Set generator_output=linear, or likelihood=laplace.",
        end));
  if (likelihood == "bernoulli" && pyramid > 0)
    throw BadInput(fmt::format(
        "Building the generator: pyramid is {}, and likelihood bernoulli compares no halvings of images. Set "
        "pyramid=0, or likelihood=laplace.",
        pyramid));
  if (end == "tanh") return Output::tanh;
  return end == "leaky" ? Output::leaky : Output::linear;
}

Tensor LikelihoodOptions::pyramid_error(Tensor x, Tensor mean) const {
  Tensor sum = absolute_error(x, mean);
  int64_t levels = 1;
  for (; levels <= pyramid && x.size(2) % 2 == 0; ++levels) {
    x = at::avg_pool2d(x, 2);
    mean = at::avg_pool2d(mean, 2);
    sum = sum + absolute_error(x, mean) * std::pow(4.0, levels);
  }
  return sum / levels;
}

Tensor LikelihoodOptions::error(const Tensor& x, const Tensor& made) const {
  if (likelihood == "laplace") return pyramid_error(x, made);
  return (at::softplus(made) - 0.5 * (x + 1) * made).flatten(1).sum(1);
}

Tensor LikelihoodOptions::negative_log_likelihood(const Tensor& x, const Tensor& made) const {
  const int64_t values = reduction == "mean" ? x.numel() / x.size(0) : 1;
  return error(x, made).mean() / (laplace_scale * static_cast<double>(values));
}

Tensor LikelihoodOptions::images(const Tensor& made) const {
  return likelihood == "laplace" ? made : (0.5 * made).tanh();
}

}  // namespace refract
