// cVAE (Sohn et al. 2015) and cVAE-GAN (Bao et al. 2017), as Zheng and Sun 2019 compare with them: encoder and
// generator are given the label, the encoder as constant planes, the generator as a one-hot code beside z. cVAE-GAN
// adds the discriminator of Lr-LiVAE. An example without a label is one of class zeros in training: planes and code are
// zeros, and the discriminator leaves the label out.
//
// A trained model infers labels that it is not given, by Bayes with equal class priors: q(c | x) is in proportion to
// the exponential of each class's evidence lower bound, log p(x | z, c) at the posterior mean of z minus the KL
// divergence. It is the bound of training, in units in which the KL divergence counts once: the weights of training say
// how broad p(x | z, c) is.
#include <ATen/ops/randn_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "refract/methods/entries.h"
#include "refract/methods/labelled_networks.h"
#include "refract/nn/categorical.h"

namespace refract {
namespace {

struct ConditionalVaeOptions {
  explicit ConditionalVaeOptions(bool with_adversary) : judges(with_adversary) {
    if (!judges) adversary.weight = 0;
  }
  bool judges;
  LabelledOptions shared;
  PixelAdversaryOptions adversary;
  int64_t latent_z = 300;
  double reconstruction_weight = 10, kl_weight = 1;

  Options describe() {
    Options options;
    shared.describe_into(options);
    shared.describe_likelihood(options);
    options.add("latent_z", latent_z, "dimensions of the code z").range(1, 4096);
    options.add("reconstruction_weight", reconstruction_weight, "weight of the reconstruction error").range(0, 1e6);
    options
        .add("kl_weight", kl_weight,
             "weight of KL(q(z|x,c) || p(z)), averaged over the dimensions of z (Zheng and Sun 2019: 1)")
        .range(0, 1e6);
    if (!judges) return options;
    adversary.describe_weight(options);
    adversary.describe_into(options);
    return options;
  }
};

class ConditionalVae : public Method {
 public:
  ConditionalVae(const ConditionalVaeOptions& options, const Space& space)
      : options_(options),
        likelihood_(options.shared.likelihood, space),
        label_(label_of(options.shared)),
        blocks_{label_block("c", label_), {"z", options.latent_z, Role::class_independent}},
        encoder_(space, options.shared.network.architecture(), options.latent_z, label_.values()),
        generator_(options.shared, likelihood_, {label_.values(), options.latent_z}),
        model_("model", options.shared.network.adam()),
        generators_("generator", options.shared.network.adam()) {
    model_.own("encoder", encoder_);
    // Without a discriminator both minimise the same loss, whose gradients one pass finds.
    generator_.join(judges() ? generators_ : model_);
    if (judges())
      adversary_ = std::make_unique<PixelAdversary>(options.shared, options.adversary, space, label_.values());
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override {
    const Tensor classes = classes_of(examples);
    return {classes, posterior(examples, classes).mean};
  }
  // The label is given or the likeliest one, and not drawn.
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override {
    const Tensor classes = classes_of(examples);
    return {one_hot_mode(classes), posterior(examples, classes).sample(generator)};
  }
  [[nodiscard]] Codes kl(const Examples& examples) const override {
    return {Tensor(), posterior(examples, classes_of(examples)).kl_of_dimensions()};
  }
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    return {Tensor(), posterior(examples, classes_of(examples)).log_variance};
  }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return likelihood_.example(generator_.shown(codes));
  }
  [[nodiscard]] Needs needs() const override {
    return {.main = {true, true}, .classes = options_.shared.labels.classes};
  }
  [[nodiscard]] std::vector<Player*> players() override {
    if (!judges()) return {&model_};
    return {&model_, &generators_, &adversary_->player()};
  }
  Scalars step(const Batch& batch, Update& update) override;

 private:
  [[nodiscard]] bool judges() const { return options_.adversary.weight > 0; }
  [[nodiscard]] Gaussian given(const Tensor& x, const Tensor& seen) const {
    return encoder_.forward(with_conditions(x, seen));
  }
  // q(z | x, c) for the likeliest class.
  [[nodiscard]] Gaussian posterior(const Examples& examples, const Tensor& classes) const {
    return given(likelihood_.read(examples.x), one_hot_mode(classes));
  }
  [[nodiscard]] double error_weight() const;
  [[nodiscard]] Tensor classes_of(const Examples& examples) const;
  [[nodiscard]] Tensor inferred_classes(const Tensor& x) const;

  ConditionalVaeOptions options_;
  Likelihood likelihood_;
  LabelSet label_;
  std::vector<Block> blocks_;
  Encoder encoder_;
  LabelledGenerator generator_;
  std::unique_ptr<PixelAdversary> adversary_;
  Player model_, generators_;
};

// What the error of an example, summed over its values, counts beside its KL divergence, summed over dimensions.
double ConditionalVae::error_weight() const {
  constexpr double least_kl = 1e-6;  // without a KL divergence, the class of least error
  const auto values = options_.shared.likelihood.reduction == "mean" ? static_cast<double>(space().numel()) : 1.0;
  const double kl = std::max(options_.kl_weight, least_kl) / static_cast<double>(options_.latent_z);
  return options_.reconstruction_weight / values / kl;
}

// One-hot where the label is known, else q(c | x): [N, classes].
Tensor ConditionalVae::classes_of(const Examples& examples) const {
  if (!examples.labels.defined()) return inferred_classes(examples.x);
  const Tensor seen = indicators(label_, examples.labels, likelihood_.read(examples.x));
  const Tensor known = seen.sum(1, true).gt(0);
  return known.all().item<bool>() ? seen : at::where(known, seen, inferred_classes(examples.x));
}

Tensor ConditionalVae::inferred_classes(const Tensor& x) const {
  const Tensor read = likelihood_.read(x);
  std::vector<Tensor> bounds;
  for (int64_t c = 0; c < label_.values(); ++c) {
    Tensor one = at::zeros({x.size(0), label_.values()}, read.options());
    one.select(1, c).fill_(1);
    const Gaussian z = given(read, one);
    const Tensor error = likelihood_.negative_log_likelihoods(x, generator_.shown({one, z.mean}));
    bounds.push_back(-error_weight() * error - z.kl_to_standard());
  }
  return at::stack(bounds, 1).softmax(1);
}

// All players move at once, from the same samples. The encoder learns from the bound alone, the generator also from the
// discriminator.
Scalars ConditionalVae::step(const Batch& batch, Update& update) {
  const Tensor x = likelihood_.read(batch.main.x);
  const Tensor seen = indicators(label_, batch.main.labels, x);
  const Gaussian z = given(x, seen);
  const Tensor made = generator_.forward({seen, z.sample()});
  const Tensor reconstruction = likelihood_.negative_log_likelihood(batch.main.x, made);
  const Tensor kl = z.kl_to_standard().mean();
  const Tensor error = options_.reconstruction_weight * reconstruction;
  const Tensor bound = error + options_.kl_weight / static_cast<double>(options_.latent_z) * kl;
  Scalars scalars = {{"loss", bound.detach()}, {"reconstruction", reconstruction.detach()}, {"kl", kl.detach()}};
  if (!judges()) {
    update.descend({{model_, bound}});
    generator_.follow();
    return scalars;
  }
  const auto seen_as = [&](const Tensor& output) { return likelihood_.read(likelihood_.mean(output)); };
  const Tensor classes = drawn_labels(seen);
  const Tensor drawn = generator_.forward({classes, at::randn_like(z.mean)});
  const PixelAdversary::Losses losses =
      adversary_->judge({x, seen}, {{seen_as(made), seen}, {seen_as(drawn), classes}});
  update.descend({{model_, bound},
                  {generators_, error + options_.adversary.weight * losses.generator},
                  {adversary_->player(), losses.discriminator}});
  generator_.follow();
  scalars.emplace_back("adversarial", losses.generator.detach());
  scalars.emplace_back("discriminator", losses.discriminator.detach());
  return scalars;
}

}  // namespace

MethodRecipe conditional_vae_recipe() {
  return recipe_of<ConditionalVae, ConditionalVaeOptions>(ConditionalVaeOptions(false));
}

MethodRecipe conditional_vae_gan_recipe() {
  return recipe_of<ConditionalVae, ConditionalVaeOptions>(ConditionalVaeOptions(true));
}

}  // namespace refract
