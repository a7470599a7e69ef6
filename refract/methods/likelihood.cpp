#include "refract/methods/likelihood.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/lgamma.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softplus.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "refract/core/errors.h"
#include "refract/nn/distributions.h"

namespace refract {
namespace {

struct Named {
  Family family;
  const char* name;
  std::vector<Values> fits;
};

const std::vector<Named>& families() {
  static const std::vector<Named> all = {{Family::laplace, "laplace", {Values::pixels, Values::real}},
                                         {Family::gaussian, "gaussian", {Values::pixels, Values::real}},
                                         {Family::bernoulli, "bernoulli", {Values::pixels}},
                                         {Family::poisson, "poisson", {Values::counts}},
                                         {Family::negative_binomial, "negative-binomial", {Values::counts}}};
  return all;
}

bool fits(const Named& named, Values values) {
  return std::find(named.fits.begin(), named.fits.end(), values) != named.fits.end();
}

std::string name_of(Family family) {
  const auto is_it = [&](const Named& named) { return named.family == family; };
  return std::find_if(families().begin(), families().end(), is_it)->name;
}

std::string fitting(Values values) {
  std::string names;
  for (const Named& named : families())
    if (fits(named, values)) names += fmt::format("{}{}", names.empty() ? "" : " or ", named.name);
  return names;
}

Family family_of(const LikelihoodOptions& options, const Space& space) {
  if (options.likelihood == "auto") {
    if (space.values == Values::counts) return Family::negative_binomial;
    return space.values == Values::real ? Family::gaussian : options.of_pixels;
  }
  for (const Named& named : families())
    if (named.name == options.likelihood && fits(named, space.values)) return named.family;
  throw BadInput(
      fmt::format("Building the generator: likelihood {} does not fit {}. Set likelihood to {}, or leave it "
                  "at auto.",
                  options.likelihood, text_of(space), fitting(space.values)));
}

constexpr double kLogDispersion = 6;  // bound of the logarithm of an inverse dispersion

// Gradients pass through as if nothing were clamped: those of the clamp itself vanish beyond black and white.
Tensor clamped_pixels(const Tensor& x) {
  const Tensor clamped = x.clamp(-1, 1);
  if (!at::GradMode::is_enabled()) return clamped;
  return clamped.detach() + (x - x.detach());  // adds an exact 0
}

}  // namespace

void LikelihoodOptions::describe_into(Options& options) {
  std::vector<std::string> names = {"auto"};
  for (const Named& named : families()) names.emplace_back(named.name);
  options
      .add("likelihood", likelihood,
           fmt::format("likelihood of an example: laplace (L1 error), gaussian (squared error), bernoulli (binary "
                       "cross-entropy of pixels, needs the linear output), poisson or negative-binomial (counts); "
                       "auto: {}, negative-binomial for counts",
                       of_pixels == Family::gaussian
                           ? "gaussian for pictures and numbers"
                           : fmt::format("{} for pictures, gaussian for numbers", name_of(of_pixels))))
      .one_of(names);
  options.add("reduction", reduction, "how the errors of all values of an example are reduced to one")
      .one_of({"sum", "mean"});
  options
      .add("laplace_scale", laplace_scale,
           "divisor of the error: the scale of a Laplace likelihood, the variance of a Gaussian one (Ruiz et al.: "
           "0.01, reduction unknown)")
      .range(1e-6, 1e6);
  options
      .add("pyramid", pyramid,
           "number of times that the images are halved to average the L1 error over all sizes, which helps with thin "
           "lines (Ruiz et al.: 0)")
      .range(0, 12);
}

Likelihood::Likelihood(const LikelihoodOptions& options, const Space& space)
    : space_(space),
      family_(family_of(options, space)),
      mean_over_values_(options.reduction == "mean"),
      scale_(options.laplace_scale),
      pyramid_(options.pyramid) {
  if (pyramid_ > 0 && (family_ != Family::laplace || !space.is_picture()))
    throw BadInput(
        fmt::format("Building the generator: pyramid is {}, but likelihood {} of {} does not use halved images. Set "
                    "pyramid=0, or use likelihood laplace on pictures.",
                    pyramid_, name_of(family_), text_of(space)));
  if (space.values == Values::counts && !(space.library > 0))
    throw Error("Building the likelihood of counts: the typical sum of a row is not known: a mistake in the program.");
}

Output Likelihood::output(const std::string& generator_output) const {
  if (generator_output == "linear") return Output::linear;
  if (space_.values != Values::pixels)
    throw BadInput(
        fmt::format("Building the generator: generator_output {} is limited to [-1, 1], but {} are not. Set "
                    "generator_output=linear.",
                    generator_output, text_of(space_)));
  if (family_ == Family::bernoulli)
    throw BadInput(
        fmt::format("Building the generator: likelihood bernoulli needs logits, which have no bounds, but "
                    "generator_output is {}. Set generator_output=linear, or likelihood=laplace.",
                    generator_output));
  return generator_output == "tanh" ? Output::tanh : Output::leaky;
}

Space Likelihood::made() const {
  Space space = space_;
  if (family_ == Family::negative_binomial) space.sizes.front() *= 2;
  return space;
}

Tensor Likelihood::read(const Tensor& x) const {
  if (space_.values != Values::counts) return x;
  return (x * (space_.library / x.sum(1, true).clamp_min(1))).log1p();
}

Tensor Likelihood::pyramid_error(Tensor x, Tensor mean) const {
  Tensor sum = absolute_error(x, mean);
  int64_t levels = 1;
  for (; levels <= pyramid_ && x.size(2) % 2 == 0 && x.size(3) % 2 == 0; ++levels) {
    x = at::avg_pool2d(x, 2);
    mean = at::avg_pool2d(mean, 2);
    sum = sum + absolute_error(x, mean) * std::pow(4.0, levels);
  }
  return sum / levels;
}

Tensor Likelihood::count_error(const Tensor& x, const Tensor& made) const {
  const Tensor total = x.sum(1, true).clamp_min(1);
  const Tensor log_mean = at::log_softmax(made.slice(1, 0, space_.numel()), 1) + total.log();
  if (family_ == Family::poisson) return (log_mean.exp() - x * log_mean).sum(1);
  // -log NB(x; mean, r) = lgamma(r) - lgamma(x + r) + x log(1 + r / mean) + r log(1 + mean / r), with r the inverse
  // dispersion. Written with log(mean + r) it would lose the gradients of counts beyond a million to rounding.
  const Tensor log_r = kLogDispersion * (made.slice(1, space_.numel()) / kLogDispersion).tanh();
  const Tensor r = log_r.exp();
  const Tensor gap = log_mean - log_r;
  return (at::lgamma(r) - at::lgamma(x + r) + x * at::softplus(-gap) + r * at::softplus(gap)).sum(1);
}

Tensor Likelihood::error(const Tensor& x, const Tensor& made) const {
  switch (family_) {
    case Family::laplace:
      return pyramid_ > 0 ? pyramid_error(x, made) : absolute_error(x, made);
    case Family::gaussian:
      return 0.5 * (x - made).square().flatten(1).sum(1);
    case Family::bernoulli:
      return (at::softplus(made) - 0.5 * (x + 1) * made).flatten(1).sum(1);
    case Family::poisson:
    case Family::negative_binomial:
      break;
  }
  return count_error(x, made);
}

Tensor Likelihood::negative_log_likelihood(const Tensor& x, const Tensor& made) const {
  const int64_t values = mean_over_values_ ? space_.numel() : 1;
  return error(x, made).mean() / (scale_ * static_cast<double>(values));
}

Tensor Likelihood::negative_log_likelihoods(const Tensor& x, const Tensor& made) const {
  return error(x, made) / scale_;
}

Tensor Likelihood::mean(const Tensor& made) const {
  if (space_.values == Values::counts) return space_.library * made.slice(1, 0, space_.numel()).softmax(1);
  return family_ == Family::bernoulli ? (0.5 * made).tanh() : made;
}

Tensor Likelihood::example(const Tensor& made) const {
  const Tensor all = mean(made);
  return space_.values == Values::pixels ? clamped_pixels(all) : all;
}

}  // namespace refract
