#include "refract/methods/labelled_networks.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/zeros.h>

#include "refract/core/generator.h"
#include "refract/optim/shared_pass.h"

namespace refract {
namespace {

constexpr double kLogVarianceBound = 4;  // of the class Gaussians

std::shared_ptr<Generator> generator_of_codes(const LabelledOptions& options, const Likelihood& likelihood,
                                              const std::vector<int64_t>& sizes) {
  int64_t all = 0;
  for (const int64_t size : sizes) all += size;
  std::shared_ptr<Generator> made = make_generator(likelihood.made(), options.network.architecture(), all,
                                                   likelihood.output(options.network.generator_output));
  made->balance(sizes);
  return made;
}

}  // namespace

LabelSet label_of(const LabelledOptions& options) {
  const LabelSet all = options.labels.set();
  return {{all.columns.front()}, {all.sizes.front()}};
}

Tensor drawn_labels(const Tensor& seen) {
  const auto whole = seen.options().dtype(at::kLong);
  const Tensor drawn = at::randint(seen.size(1), {seen.size(0), 1}, whole);
  return drawn.eq(at::arange(seen.size(1), whole)) * seen.sum(1, true);
}

ClassGaussians::ClassGaussians(int64_t classes, int64_t dimensions, double sigma_rate)
    : means_(register_parameter("means", at::randn({classes, dimensions}))),
      spreads_(register_parameter("spreads", at::zeros({classes, dimensions}))),
      sigma_rate_(sigma_rate) {}

Gaussian ClassGaussians::all() const {
  return {means_, kLogVarianceBound * (spreads_ * (sigma_rate_ / kLogVarianceBound)).tanh()};
}

// The squares of (z - mean) / sigma are multiplied out, so that no tensor has the size of examples times classes times
// dimensions.
Tensor ClassGaussians::log_posterior(const Tensor& z) const {
  const Gaussian classes = all();
  const Tensor precision = (-classes.log_variance).exp();
  const Tensor constant = (classes.mean.square() * precision + classes.log_variance).sum(1);
  const Tensor distances =
      z.square().matmul(precision.t()) - 2 * z.matmul((classes.mean * precision).t()) + constant.unsqueeze(0);
  return (-0.5 * distances).log_softmax(1);
}

Tensor ClassGaussians::deviations(const Tensor& seen) const {
  const Tensor variances = all().log_variance.exp();
  return (seen.matmul(variances) + (1 - seen.sum(1, true)) * variances.mean(0, true)).sqrt();
}

Gaussian ClassGaussians::of(const Tensor& seen) const {
  const Gaussian classes = all();
  const Gaussian of_labels = classes.mixed(seen), of_all = total(classes);
  const Tensor unknown = 1 - seen.sum(1, true);
  return {of_labels.mean + unknown * of_all.mean, of_labels.log_variance + unknown * of_all.log_variance};
}

Gaussian total(const Gaussian& classes) {
  const Tensor mean = classes.mean.mean(0, true);
  const Tensor between = (classes.mean - mean).square().mean(0, true);
  return {mean, (classes.log_variance.exp().mean(0, true) + between).log()};
}

LabelledGenerator::LabelledGenerator(const LabelledOptions& options, const Likelihood& likelihood,
                                     const std::vector<int64_t>& sizes)
    : live_(generator_of_codes(options, likelihood, sizes)) {
  if (options.generator_average == 0) return;
  const KeptGenerator kept;  // what trains is the same with an average and without
  average_ =
      std::make_unique<MovingAverage>(live_, generator_of_codes(options, likelihood, sizes), options.generator_average);
}

void LabelledGenerator::join(Player& player) {
  player.own("generator", *live_);
  if (average_) player.own("average", *average_);
}

Tensor LabelledGenerator::forward(const Codes& codes) const {
  return live_->forward(at::cat(codes, 1));
}

Tensor LabelledGenerator::shown(const Codes& codes) const {
  return (average_ ? average_->generator() : *live_).forward(at::cat(codes, 1));
}

void LabelledGenerator::follow() {
  if (average_) average_->follow();
}

PixelAdversary::PixelAdversary(const LabelledOptions& options, const PixelAdversaryOptions& adversary,
                               const Space& space, int64_t classes)
    : hinge_(adversary.loss == "hinge"),
      augmentation_(adversary.augmentation, space),
      discriminator_(space, options.network.architecture(), {adversary.widths, adversary.depth, classes}),
      player_("discriminator", options.network.adam(adversary.rate)) {
  player_.own("verdict", discriminator_);
}

PixelAdversary::Losses PixelAdversary::judge(const Shown& real, const std::vector<Shown>& made) const {
  const int64_t n = real.x.size(0);
  std::vector<Tensor> all = {real.x}, labels = {real.seen};
  for (const Shown& kind : made) {
    all.push_back(kind.x);
    labels.push_back(kind.seen);
  }
  const auto network = [&](const std::vector<Tensor>& leaves) { return discriminator_.forward(leaves[0], leaves[1]); };
  // Kinds have N examples each: N times the mean of all is the sum of the means of each.
  const auto kinds = static_cast<double>(made.size());
  const auto loss = [&](const Tensor& d) {
    const Tensor of_real = d.slice(0, 0, n), of_made = d.slice(0, n);
    if (hinge_) return (1 - of_real).relu().mean() + kinds * (1 + of_made).relu().mean();
    return at::softplus(-of_real).mean() + kinds * at::softplus(of_made).mean();
  };
  const SharedPass pass =
      shared_pass({augmentation_.changed(at::cat(all)), at::cat(labels)}, discriminator_.parameters(), network, loss);
  const Tensor of_made = pass.verdicts.slice(0, n);
  const Tensor fooled = hinge_ ? -of_made.mean() : at::softplus(-of_made).mean();
  return {kinds * fooled, pass.loss};
}

}  // namespace refract
