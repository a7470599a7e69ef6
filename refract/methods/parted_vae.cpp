// PartedVAE (Hajimiri et al. 2021): classes c, class-related factors u and class-independent factors z. Learning rates
// follow the trainer's schedule; the authors halve them on plateaus.
#include <ATen/ops/cat.h>
#include <ATen/ops/scalar_tensor.h>
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/methods/entries.h"
#include "refract/methods/parted_options.h"
#include "refract/nn/categorical.h"

namespace refract {
namespace {

// A block is named c, u where there is one discrete variable, c1, u1, c2 where there are several. With labels the k-th
// variable is the k-th attribute.
std::vector<Block> blocks_of(const PartedShape& shape, bool with_labels) {
  const auto name = [&](const char* symbol, size_t k) {
    return shape.classes.size() == 1 ? std::string(symbol) : fmt::format("{}{}", symbol, k + 1);
  };
  std::vector<Block> blocks;
  for (size_t k = 0; k < shape.classes.size(); ++k) {
    Block& c = blocks.emplace_back(Block{name("c", k), shape.classes[k], Role::category, true});
    if (with_labels) c.attribute = k;
  }
  for (size_t k = 0; k < shape.classes.size(); ++k)
    blocks.push_back({name("u", k), shape.latent_u, Role::class_related, false, true, k});
  blocks.push_back({"z", shape.latent_z, Role::class_independent});
  return blocks;
}

class PartedVae : public Method {
 public:
  PartedVae(const PartedVaeOptions& options, const Space& space)
      : options_(options),
        likelihood_(options.likelihood, space),
        blocks_(blocks_of(options.shape, options.labelled > 0)),
        encoder_(space, options.network.architecture(), options.shape),
        generator_(make_generator(likelihood_.made(), options.network.architecture(), continuous(options.shape),
                                  likelihood_.output(options.network.generator_output))),
        priors_(options.shape, options.class_shares, options.prior_rate),
        model_("model", options.network.adam()),
        supervised_("supervised", options.network.adam()) {
    model_.own("encoder", encoder_);
    model_.own("generator", *generator_);
    model_.own("priors", priors_);
    if (options.labelled == 0 && options.labels_only)
      throw BadInput(
          "Building a classifier from labels alone: labels_only is set, and labelled is 0. Set labelled to how many "
          "images may show their labels, or leave labels_only out.");
    if (options.labelled == 0) return;
    supervised_.share("trunk", *encoder_.trunk());
    for (size_t k = 0; k < variables(); ++k)
      supervised_.share(fmt::format("class{}", k + 1), *encoder_.class_heads()[k]);
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override;
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override;
  [[nodiscard]] Codes kl(const Examples& examples) const override;
  [[nodiscard]] Codes log_variances(const Examples& examples) const override;
  [[nodiscard]] Gaussian prior(size_t block) const override;
  [[nodiscard]] Tensor class_shares(size_t block) const override;
  [[nodiscard]] Tensor decode(const Codes& codes) const override;
  [[nodiscard]] Needs needs() const override {
    return {.labelled = options_.labelled,
            .classes = options_.shape.classes,
            .balanced = options_.labelled_draw == "balanced"};
  }
  [[nodiscard]] std::vector<Player*> players() override {
    if (options_.labelled == 0) return {&model_};
    return {&model_, &supervised_};
  }
  Scalars step(const Batch& batch, Update& update) override;

 private:
  static int64_t continuous(const PartedShape& shape) {
    return shape.latent_u * static_cast<int64_t>(shape.classes.size()) + shape.latent_z;
  }
  [[nodiscard]] size_t variables() const { return options_.shape.classes.size(); }
  [[nodiscard]] Tensor cross_entropy(const Batch& batch) const;

  struct Terms {
    Tensor reconstruction, entropy, kl_c, kl_u, kl_z, overlap;
  };
  [[nodiscard]] Terms terms(const Tensor& x, const Tensor& progress) const;
  [[nodiscard]] Tensor features(const Examples& examples) const {
    return encoder_.features(likelihood_.read(examples.x));
  }
  [[nodiscard]] Tensor loss(const Terms& terms, const Tensor& progress) const;

  PartedVaeOptions options_;
  Likelihood likelihood_;
  std::vector<Block> blocks_;
  PartedEncoder encoder_;
  std::shared_ptr<Generator> generator_;
  ClassPriors priors_;
  Player model_, supervised_;
};

// Classes as probabilities; u for the likeliest class; at the steepest slope (as the authors evaluate).
Codes PartedVae::encode(const Examples& examples) const {
  const Tensor features = this->features(examples);
  const Tensor slope = at::scalar_tensor(options_.attention_slope, features.options());
  Codes codes;
  const std::vector<Tensor> classes = encoder_.classes(features);
  for (const Tensor& log_c : classes) codes.push_back(log_c.exp());
  for (size_t k = 0; k < variables(); ++k)
    codes.push_back(encoder_.related(k, features, one_hot_mode(classes[k]), slope).mean);
  codes.push_back(encoder_.independent(features).mean);
  return codes;
}

Codes PartedVae::draw(const Examples& examples, const at::Generator& generator) const {
  const Tensor features = this->features(examples);
  const Tensor slope = at::scalar_tensor(options_.attention_slope, features.options());
  Codes codes;
  for (const Tensor& log_c : encoder_.classes(features)) codes.push_back(drawn_class(log_c, generator));
  for (size_t k = 0; k < variables(); ++k)
    codes.push_back(encoder_.related(k, features, codes[k], slope).sample(generator));
  codes.push_back(encoder_.independent(features).sample(generator));
  return codes;
}

Codes PartedVae::kl(const Examples& examples) const {
  const Tensor features = this->features(examples);
  const Tensor slope = at::scalar_tensor(options_.attention_slope, features.options());
  Codes all(variables());
  const std::vector<Tensor> classes = encoder_.classes(features);
  for (size_t k = 0; k < variables(); ++k) {
    const Tensor c = one_hot_mode(classes[k]);
    all.push_back(encoder_.related(k, features, c, slope).kl_of_dimensions(priors_.of(k, c)));
  }
  all.push_back(encoder_.independent(features).kl_of_dimensions());
  return all;
}

Codes PartedVae::log_variances(const Examples& examples) const {
  const Tensor features = this->features(examples);
  const Tensor slope = at::scalar_tensor(options_.attention_slope, features.options());
  Codes all(variables());
  const std::vector<Tensor> classes = encoder_.classes(features);
  for (size_t k = 0; k < variables(); ++k)
    all.push_back(encoder_.related(k, features, one_hot_mode(classes[k]), slope).log_variance);
  all.push_back(encoder_.independent(features).log_variance);
  return all;
}

Gaussian PartedVae::prior(size_t block) const {
  return blocks_.at(block).given ? priors_.of(*blocks_[block].given) : Model::prior(block);
}

Tensor PartedVae::class_shares(size_t block) const {
  return priors_.shares(block).to(at::kCPU);
}

// The generator reads u and z; c acts through u (Fig. 2).
Tensor PartedVae::decode(const Codes& codes) const {
  const std::vector<Tensor> read(codes.begin() + static_cast<ptrdiff_t>(variables()), codes.end());
  return likelihood_.example(generator_->forward(at::cat(read, 1)));
}

Scalars PartedVae::step(const Batch& batch, Update& update) {
  Scalars scalars;
  if (options_.labelled > 0) {
    const Tensor supervised = cross_entropy(batch);
    update.descend({{supervised_, supervised}});  // Eq. 7
    scalars.emplace_back("supervised", supervised.detach());
  }
  if (options_.labels_only) return scalars;
  const Terms t = terms(batch.main.x, update.progress());
  const Tensor total = loss(t, update.progress());
  update.descend({{model_, total}});  // Eq. 6
  scalars.insert(scalars.end(), {{"loss", total.detach()},
                                 {"reconstruction", t.reconstruction.detach()},
                                 {"kl_z", t.kl_z.detach()},
                                 {"kl_u", t.kl_u.detach()},
                                 {"kl_c", t.kl_c.detach()},
                                 {"entropy", t.entropy.detach()},
                                 {"overlap", t.overlap.detach()}});
  return scalars;
}

// Labels that are not known (-1) count for nothing; the others' mean, summed over variables.
Tensor PartedVae::cross_entropy(const Batch& batch) const {
  const std::vector<Tensor> classes = encoder_.classes(features(batch.labelled));
  Tensor sum;
  for (size_t k = 0; k < variables(); ++k) {
    const Tensor label = batch.labelled.labels.select(1, static_cast<int64_t>(k));
    const Tensor known = label.ge(0);
    const Tensor chosen = classes[k].gather(1, label.clamp_min(0).unsqueeze(1)).squeeze(1);
    const Tensor term = -(chosen * known).sum() / known.sum().clamp_min(1);
    sum = sum.defined() ? sum + term : term;
  }
  return sum;
}

PartedVae::Terms PartedVae::terms(const Tensor& x, const Tensor& progress) const {
  const Tensor features = this->features(x);
  const Tensor slope = 1 + (options_.attention_slope - 1) * (progress / options_.attention_growth).clamp_max(1);
  const std::vector<Tensor> classes = encoder_.classes(features);
  Terms t;
  const auto add = [](Tensor& sum, const Tensor& term) { sum = sum.defined() ? sum + term : term; };
  std::vector<Tensor> codes;
  for (size_t k = 0; k < variables(); ++k) {
    const Gaussian posterior = encoder_.related(k, features, gumbel_softmax(classes[k], options_.temperature), slope);
    const Gaussian priors = priors_.of(k);
    codes.push_back(posterior.sample());
    add(t.kl_u, expected_kl(classes[k], posterior, priors).mean());
    add(t.entropy, entropy(classes[k]).mean());
    add(t.kl_c, aggregate_kl(classes[k], priors_.shares(k)));
    add(t.overlap, overlap(priors, options_.overlap_tolerance));
  }
  const Gaussian z = encoder_.independent(features);
  codes.push_back(z.sample());
  t.kl_z = z.kl_to_standard().mean();
  t.reconstruction = likelihood_.negative_log_likelihood(x, generator_->forward(at::cat(codes, 1)));
  return t;
}

// The bars stand around the batch's mean, as in the authors' code and in Burgess et al. 2018; Eq. 6 has those of z
// around each image's divergence.
Tensor PartedVae::loss(const Terms& t, const Tensor& progress) const {
  const double u_growth = options_.capacity_u_growth > 0 ? options_.capacity_u_growth : options_.capacity_growth;
  const Tensor grown = (progress / options_.capacity_growth).clamp_max(1);
  const Tensor u_grown = (progress / u_growth).clamp_max(1);
  return t.reconstruction + options_.gamma_z * (t.kl_z - options_.capacity_z * grown).abs() +
         options_.gamma_u * (t.kl_u - options_.capacity_u * u_grown).abs() + options_.gamma_h * t.entropy +
         options_.gamma_c * t.kl_c + options_.gamma_bc * t.overlap;
}

}  // namespace

MethodRecipe parted_vae_recipe() {
  return recipe_of<PartedVae, PartedVaeOptions>();
}

}  // namespace refract
