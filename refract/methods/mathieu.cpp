// Mathieu et al. 2016, adapted to reference sets as Ruiz et al. 2019, Sec. 5.2, describe: pairs come from the reference
// set alone. mathieu_pairs.cpp has the method itself.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/softplus.h>

#include "refract/methods/common.h"
#include "refract/methods/entries.h"
#include "refract/methods/method.h"
#include "refract/optim/shared_pass.h"

namespace refract {
namespace {

struct MathieuOptions {
  NetworkOptions network;
  LikelihoodOptions likelihood;
  int64_t latent_s = 32;
  int64_t latent_z = 32;
  double kl_weight = 1;
  double adversarial_weight = 10;
  double discriminator_rate = 1;

  Options describe() {
    Options options;
    network.describe_into(options);
    likelihood.describe_into(options);
    options.add("latent_s", latent_s, "dimensions of the specified factors s").range(1, 4096);
    options.add("latent_z", latent_z, "dimensions of the unspecified factors z").range(1, 4096);
    options.add("kl_weight", kl_weight, "weight of KL(q(z|x) || p(z))").range(0, 1e6);
    options.add("adversarial_weight", adversarial_weight, "weight of the adversarial loss (lambda of Eq. 5)")
        .range(0, 1e6);
    describe_rate(options, "discriminator_rate", discriminator_rate, "the discriminator");
    return options;
  }
};

// Whether an example is real and of its set, [N], as a logit. The set enters as one more channel, +1 or -1: what it
// adds to each feature map of the first layer is a number looked up for the set (the paper looks up for the first
// three).
class Adversary : public torch::nn::Module {
 public:
  Adversary(const Space& space, const Architecture& architecture)
      : mixes_examples_(architecture.mixes_examples(space)),
        trunk_(register_module("trunk", make_trunk(space, architecture, 1))),
        head_(register_module("head", std::make_shared<Linear>(trunk_->features(), 1, kPlain))) {}
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& sets) const {
    return head_->forward(trunk_->forward(with_conditions(x, sets.unsqueeze(1)))).squeeze(1);
  }
  [[nodiscard]] bool mixes_examples() const { return mixes_examples_; }

 private:
  bool mixes_examples_;
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Linear> head_;
};

// The classes of the paper are two sets here. Images of the reference set share their specified factors, so that any
// two make a pair; unlabelled images have no partner, and are reconstructed from their own factors alone.
class Mathieu : public Method {
 public:
  Mathieu(const MathieuOptions& options, const Space& space)
      : options_(options),
        likelihood_(options.likelihood, space),
        blocks_{{"s", options.latent_s, Role::target, false, false}, {"z", options.latent_z, Role::common}},
        encoder_s_(space, options.network.architecture(), options.latent_s, 0, Sigma::none),
        encoder_z_(space, options.network.architecture(), options.latent_z),
        generator_(make_generator(likelihood_.made(), options.network.architecture(),
                                  options.latent_s + options.latent_z,
                                  likelihood_.output(options.network.generator_output))),
        adversary_(space, options.network.architecture()),
        model_("model", options.network.adam()),
        discriminator_("discriminator", options.network.adam(options.discriminator_rate)) {
    model_.own("encoder_s", encoder_s_);
    model_.own("encoder_z", encoder_z_);
    model_.own("generator", *generator_);
    discriminator_.own("adversary", adversary_);
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override {
    const Tensor x = likelihood_.read(examples.x);
    return {encoder_s_.forward(x).mean, encoder_z_.forward(x).mean};
  }
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override {
    const Tensor x = likelihood_.read(examples.x);
    return {encoder_s_.forward(x).mean, encoder_z_.forward(x).sample(generator)};
  }
  [[nodiscard]] Codes kl(const Examples& examples) const override {
    return {Tensor(), encoder_z_.forward(likelihood_.read(examples.x)).kl_of_dimensions()};
  }
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    return {Tensor(), encoder_z_.forward(likelihood_.read(examples.x)).log_variance};
  }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return likelihood_.example(generator_->forward(at::cat({codes.at(0), codes.at(1)}, 1)));
  }
  [[nodiscard]] Needs needs() const override { return {.reference = {true}, .least_batch = 2}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&model_, &discriminator_}; }

  // Algorithm 1, but both players move at once.
  Scalars step(const Batch& batch, Update& update) override {
    const int64_t n = batch.size();
    const int64_t m = batch.reference.x.size(0);
    const Tensor x = likelihood_.read(at::cat({batch.main.x, batch.reference.x}));
    const Tensor s = encoder_s_.forward(x).mean;
    const Gaussian posterior = encoder_z_.forward(x);
    const Tensor z = posterior.sample();

    // Rows: each image from its own factors; each reference image with the s of another; then what the adversary is to
    // take for images of the set that s came from, with the z of an image of the other set, and with a z of the prior.
    const Tensor partner_s = s.slice(0, n).roll(1, 0);
    const Tensor made = generator_->forward(
        at::cat({at::cat({s, partner_s, s, s}), at::cat({z, z.slice(0, n), z.roll(n, 0), at::randn_like(z)})}, 1));
    const Tensor own = made.slice(0, 0, n + m);
    const Tensor mixed = likelihood_.read(likelihood_.mean(made.slice(0, n + 2 * m)));

    const auto error = [&](const Tensor& examples, const Tensor& its) {
      return likelihood_.negative_log_likelihood(examples, its);
    };
    const Tensor reconstruction = error(batch.main.x, own.slice(0, 0, n));
    const Tensor reconstruction_reference =
        error(batch.reference.x, own.slice(0, n)) + error(batch.reference.x, made.slice(0, n + m, n + 2 * m));
    // As in the error, each set counts by its own mean.
    const auto sets = [&](const Tensor& each) { return each.slice(0, 0, n).mean() + each.slice(0, n).mean(); };
    const Tensor kl = sets(posterior.kl_to_standard());
    const SharedPass seen = judge(x, mixed, n, m);
    const std::vector<Tensor> fooled = at::softplus(-seen.verdicts.slice(0, n + m)).chunk(2);  // -log Adv(.)
    const Tensor adversarial = sets(fooled[0]) + sets(fooled[1]);

    update.descend({{model_, reconstruction + reconstruction_reference + options_.kl_weight * kl +
                                 options_.adversarial_weight * adversarial},
                    {discriminator_, seen.loss}});
    return {{"reconstruction", reconstruction.detach()},
            {"reconstruction_reference", reconstruction_reference.detach()},
            {"kl", kl.detach()},
            {"adversarial", adversarial.detach()},
            {"discriminator", seen.loss.detach()}};
  }

 private:
  // The adversary on real images, then on images mixed from two, then on those with a z of the prior; each set of n
  // unlabelled and m reference images. It learns from the first two (Algorithm 1).
  [[nodiscard]] SharedPass judge(const Tensor& real, const Tensor& mixed, int64_t n, int64_t m) const {
    const Tensor sets = at::cat({at::ones({n}, real.options()), at::full({m}, -1.0, real.options())}).repeat({3});
    const auto network = [&](const std::vector<Tensor>& leaves) { return adversary_.forward(leaves[0], leaves[1]); };
    const auto loss = [all = n + m](const Tensor& d) {
      return at::softplus(-d.slice(0, 0, all)).mean() + at::softplus(d.slice(0, all, 2 * all)).mean();
    };
    return shared_pass({at::cat({real, mixed}), sets}, adversary_.parameters(), network, loss,
                       adversary_.mixes_examples());
  }

  MathieuOptions options_;
  Likelihood likelihood_;
  std::vector<Block> blocks_;
  Encoder encoder_s_, encoder_z_;
  std::shared_ptr<Generator> generator_;
  Adversary adversary_;
  Player model_, discriminator_;
};

}  // namespace

MethodRecipe mathieu_recipe() {
  return recipe_of<Mathieu, MathieuOptions>();
}

}  // namespace refract
