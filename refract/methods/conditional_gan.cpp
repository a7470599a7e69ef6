// cGAN (Miyato and Koyama 2018), as Zheng and Sun 2019 compare with it: a generator that reads the label, one-hot,
// beside z, and a discriminator that knows the label by projection. It has no encoder. An example without a label is
// one of class zeros: the generator reads zeros, and the discriminator leaves the label out.
#include <ATen/ops/randn.h>

#include "refract/core/errors.h"
#include "refract/methods/entries.h"
#include "refract/methods/labelled_networks.h"

namespace refract {
namespace {

struct ConditionalGanOptions {
  LabelledOptions shared;
  PixelAdversaryOptions adversary;
  int64_t latent_z = 300;

  Options describe() {
    Options options;
    shared.describe_into(options);
    options.add("latent_z", latent_z, "dimensions of the code z").range(1, 4096);
    adversary.describe_into(options);
    return options;
  }
};

class ConditionalGan : public Method {
 public:
  ConditionalGan(const ConditionalGanOptions& options, const Space& space)
      : options_(options),
        likelihood_(options.shared.likelihood, space),
        label_(label_of(options.shared)),
        blocks_{label_block("c", label_), {"z", options.latent_z, Role::class_independent}},
        generator_(options.shared, likelihood_, {label_.values(), options.latent_z}),
        adversary_(options.shared, options.adversary, space, label_.values()),
        model_("model", options.shared.network.adam()) {
    generator_.join(model_);
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] bool encodes() const override { return false; }
  [[nodiscard]] Codes encode(const Examples& /*examples*/) const override { throw BadInput(lacks_encoder(*this)); }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return likelihood_.example(generator_.shown(codes));
  }
  [[nodiscard]] Needs needs() const override {
    return {.main = {true, true}, .classes = options_.shared.labels.classes};
  }
  [[nodiscard]] std::vector<Player*> players() override { return {&model_, &adversary_.player()}; }

  // Both players move at once, from the same samples.
  Scalars step(const Batch& batch, Update& update) override {
    const Tensor x = likelihood_.read(batch.main.x);
    const Tensor seen = indicators(label_, batch.main.labels, x);
    const Tensor classes = drawn_labels(seen);
    const Tensor z = at::randn({batch.size(), options_.latent_z}, x.options());
    const Tensor made = likelihood_.read(likelihood_.mean(generator_.forward({classes, z})));
    const PixelAdversary::Losses losses = adversary_.judge({x, seen}, {{made, classes}});
    update.descend({{model_, losses.generator}, {adversary_.player(), losses.discriminator}});
    generator_.follow();
    return {{"adversarial", losses.generator.detach()}, {"discriminator", losses.discriminator.detach()}};
  }

 private:
  ConditionalGanOptions options_;
  Likelihood likelihood_;
  LabelSet label_;
  std::vector<Block> blocks_;
  LabelledGenerator generator_;
  PixelAdversary adversary_;
  Player model_;
};

}  // namespace

MethodRecipe conditional_gan_recipe() {
  return recipe_of<ConditionalGan, ConditionalGanOptions>();
}

}  // namespace refract
