// Mathieu et al. 2016: specified factors s, known from pairs of one class, and unspecified factors z, which an
// adversary that knows the labels keeps free of them.
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>

#include <tuple>

#include "refract/methods/entries.h"
#include "refract/methods/mathieu_pairs_networks.h"
#include "refract/methods/mathieu_pairs_options.h"
#include "refract/methods/mathieu_pairs_players.h"

namespace refract {
namespace {

constexpr int64_t kAlgorithm1 = 0;  // phases
constexpr int64_t kClassifying = 1;

class MathieuPairs : public Method {
 public:
  MathieuPairs(const MathieuPairsOptions& options, const Space& space)
      : options_(options),
        likelihood_(options.likelihood, space),
        labels_(options.labels.set()),
        blocks_{{"s", options.latent_s, Role::target, false, false}, {"z", options.latent_z, Role::common}},
        encoder_(space, options.network.architecture(),
                 {options.classifier_steps > 0 ? 0 : options.latent_s, options.latent_z,
                  options.shared_sigma ? Sigma::shared : Sigma::own}),
        generator_(make_generator(likelihood_.made(), options.network.architecture(),
                                  options.latent_s + options.latent_z,
                                  likelihood_.output(options.network.generator_output))),
        adversary_(space, options.network.architecture(), labels_, options.discriminator_dropout),
        model_("model", options.network.adam()),
        discriminator_("discriminator", options.network.adam(options.discriminator_rate)) {
    // The paper adds what a layer makes of z and what another makes of s. One layer on both is the same sum; only where
    // its weights start has to be that of two.
    generator_->balance({options.latent_s, options.latent_z});
    model_.own("encoder", encoder_);
    model_.own("generator", *generator_);
    discriminator_.own("adversary", adversary_);
    if (options.classifier_steps > 0) embedding_ = std::make_unique<Embedding>(options, space, labels_);
    if (options.reader_weight > 0) reader_ = std::make_unique<LabelReader>(options, labels_);
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override {
    const Inferred all = infer(likelihood_.read(examples.x), examples.x.size(0));
    return {all.s, all.z.mean};
  }
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override {
    const Inferred all = infer(likelihood_.read(examples.x), examples.x.size(0));
    return {all.s, all.z.sample(generator)};
  }
  [[nodiscard]] Codes kl(const Examples& examples) const override {
    return {Tensor(), posterior(likelihood_.read(examples.x)).kl_of_dimensions()};
  }
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    return {Tensor(), posterior(likelihood_.read(examples.x)).log_variance};
  }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return likelihood_.example(generator_->forward(at::cat({codes.at(0), codes.at(1)}, 1)));
  }

  [[nodiscard]] Needs needs() const override {
    return {.main = {true, true},
            .second = {uses_second(), uses_second()},
            .partner = {true, reader_ != nullptr},
            .lonely = options_.lonely_classes == "leave-out" ? Lonely::leave_out : Lonely::refuse,
            .classes = options_.labels.classes};
  }
  [[nodiscard]] std::vector<Player*> players() override {
    std::vector<Player*> all = {&model_};
    if (judges()) all.push_back(&discriminator_);
    if (embedding_) all.push_back(&embedding_->player());
    if (reader_) all.push_back(&reader_->player());
    return all;
  }
  [[nodiscard]] int64_t phase(int64_t step) const override {
    return step < options_.classifier_steps ? kClassifying : kAlgorithm1;
  }
  Scalars step(const Batch& batch, Update& update) override {
    if (update.phase() == kClassifying) return classify(batch, update);
    if (embedding_) embedding_->encoder().train(false);  // it stays as it is, its statistics too
    return learn(batch, update);
  }

 private:
  // s of all examples, q(z | x) of the first ones.
  struct Inferred {
    Tensor s;
    Gaussian z;
  };
  struct Terms {
    Tensor loss, reconstruction, partner, kl, adversarial, prior, cycle, discriminator, classification, certainty,
        reader;
  };

  [[nodiscard]] bool judges() const { return options_.adversarial_weight > 0 || options_.prior_weight > 0; }
  [[nodiscard]] bool uses_second() const { return judges() || options_.cycle_weight > 0 || embedding_ || reader_; }
  [[nodiscard]] Gaussian posterior(const Tensor& x) const { return encoder_.unspecified(encoder_.features(x)); }
  [[nodiscard]] Inferred infer(const Tensor& x, int64_t with_z) const;
  [[nodiscard]] Tensor made(const std::vector<Tensor>& s, const Tensor& z) const;
  [[nodiscard]] Tensor seen_by_networks(const Tensor& made) const { return likelihood_.read(likelihood_.mean(made)); }
  [[nodiscard]] Tensor cycle(const Tensor& one_s, const Tensor& another_s) const;
  [[nodiscard]] Tensor weights(const Batch& batch, const Tensor& like) const;
  [[nodiscard]] Scalars named(const Terms& terms, const Tensor& like) const;
  void add_verdicts(Terms& t, const Batch& batch, const Tensor& x, const std::vector<Tensor>& made) const;
  [[nodiscard]] Tensor labels_of_all(const Batch& batch, const Tensor& like) const;
  void teach_reader(Terms& t, const Batch& batch, const Tensor& means, Update& update) const;
  Scalars classify(const Batch& batch, Update& update);
  Scalars learn(const Batch& batch, Update& update);

  MathieuPairsOptions options_;
  Likelihood likelihood_;
  LabelSet labels_;
  std::vector<Block> blocks_;
  PairsEncoder encoder_;  // of both, or of z alone beside an embedding
  std::shared_ptr<Generator> generator_;
  LabelledAdversary adversary_;
  Player model_, discriminator_;
  std::unique_ptr<Embedding> embedding_;
  std::unique_ptr<LabelReader> reader_;
};

MathieuPairs::Inferred MathieuPairs::infer(const Tensor& x, int64_t with_z) const {
  if (embedding_) {
    const Gaussian z = posterior(x.slice(0, 0, with_z));
    const at::NoGradGuard frozen;
    return {embedding_->s(x), z};
  }
  const Tensor features = encoder_.features(x);
  return {encoder_.specified(features), encoder_.unspecified(features.slice(0, 0, with_z))};
}

// What the generator makes of z with each of the s in turn, and of a z of the prior with the last where that is wanted.
// It is one pass, so that batch normalisation sees all kinds together, as in the authors' code.
Tensor MathieuPairs::made(const std::vector<Tensor>& s, const Tensor& z) const {
  std::vector<Tensor> all_s = s;
  std::vector<Tensor> all_z(s.size(), z);
  if (options_.prior_weight > 0) {
    all_s.push_back(s.back());
    all_z.push_back(at::randn_like(z));
  }
  return generator_->forward(at::cat({at::cat(all_s), at::cat(all_z)}, 1));
}

// Jha et al. 2018, with the gradient of their code: it trains the encoder, not what made the images.
Tensor MathieuPairs::cycle(const Tensor& one_s, const Tensor& another_s) const {
  Tensor images;
  {
    const at::NoGradGuard no_grad;
    const Tensor z = at::randn({one_s.size(0), options_.latent_z}, one_s.options());
    const Tensor codes = at::cat({at::cat({one_s, another_s}), at::cat({z, z})}, 1);
    images = seen_by_networks(generator_->forward(codes));
  }
  const std::vector<Tensor> means = posterior(images).mean.chunk(2);
  return (means[0] - means[1]).abs().sum(1).mean();
}

// What an example's z with the s of a second one counts: nothing where both are of one class and should not be.
// Partners go by the first attribute.
Tensor MathieuPairs::weights(const Batch& batch, const Tensor& like) const {
  if (options_.swap_with == "any") return {};
  return batch.main.labels.select(1, 0).ne(batch.second.labels.select(1, 0)).to(like.scalar_type());
}

// Algorithm 1, with the KL divergence of Eq. 5, but both players move at once. So do the authors': there the
// discriminator moves after the model, but on what was made before, and the model was judged before. Encoder and
// generator have one pass over all examples, which come from one data set.
Scalars MathieuPairs::learn(const Batch& batch, Update& update) {
  const int64_t n = batch.size();
  std::vector<Tensor> examples = {batch.main.x, batch.partner.x};
  if (uses_second()) examples.push_back(batch.second.x);
  const Tensor x = likelihood_.read(at::cat(examples));
  const Inferred inferred = infer(x, reader_ ? x.size(0) : n);
  const std::vector<Tensor> s = inferred.s.split(n);  // s1, s1', s2
  const Gaussian posterior = inferred.z.rows(0, n);
  const Tensor z = posterior.sample();

  const size_t used = judges() ? 3 : 2;
  const std::vector<Tensor> all = made({s.begin(), s.begin() + static_cast<ptrdiff_t>(used)}, z).split(n);
  Terms t;
  t.reconstruction = likelihood_.negative_log_likelihood(batch.main.x, all[0]);
  t.partner = likelihood_.negative_log_likelihood(batch.main.x, all[1]);
  t.kl = posterior.kl_to_standard().mean();
  const Tensor held = options_.capacity_z > 0 ? (t.kl - options_.capacity_z).abs() : t.kl;
  t.loss = options_.reconstruction_weight * t.reconstruction + options_.partner_weight * t.partner +
           options_.kl_weight * held;
  if (options_.cycle_weight > 0) {
    t.cycle = cycle(s[0], s[2]);
    t.loss = t.loss + options_.cycle_weight * t.cycle;
  }
  if (reader_) {
    t.certainty = reader_->certainty(reader_->said(inferred.z.mean), labels_of_all(batch, x));
    t.loss = t.loss + options_.reader_weight * t.certainty;
  }
  if (judges()) {
    add_verdicts(t, batch, x, all);
    update.descend({{model_, t.loss}, {discriminator_, t.discriminator}});
  } else {
    update.descend({{model_, t.loss}});
  }
  if (reader_) teach_reader(t, batch, inferred.z.mean.detach(), update);
  return named(t, x);
}

// Indicators of the labels of main, partner and second. Partners share the first attribute alone.
Tensor MathieuPairs::labels_of_all(const Batch& batch, const Tensor& like) const {
  return indicators(labels_, at::cat({batch.main.labels, batch.partner.labels, batch.second.labels}), like);
}

// `means` of main, partner and second.
void MathieuPairs::teach_reader(Terms& t, const Batch& batch, const Tensor& means, Update& update) const {
  const Tensor seen = labels_of_all(batch, means);
  for (int64_t i = 0; i < options_.reader_steps; ++i) {
    t.reader = reader_->cross_entropy(reader_->said(means), seen);
    update.descend({{reader_->player(), t.reader}});
  }
}

// The adversary's terms. `x` are the examples of the batch, `made` what was made of them, N each.
void MathieuPairs::add_verdicts(Terms& t, const Batch& batch, const Tensor& x, const std::vector<Tensor>& made) const {
  const Judged judged{x.slice(0, 2 * batch.size()), seen_by_networks(made[2]),
                      made.size() > 3 ? seen_by_networks(made[3]) : Tensor(),
                      indicators(labels_, batch.second.labels, x), weights(batch, x)};
  const Verdicts verdicts = judge(adversary_, judged, options_.real_label);
  t.adversarial = weighted_mean(cross_entropy_to(verdicts.swapped, options_.real_label), judged.weights);
  t.loss = t.loss + options_.adversarial_weight * t.adversarial;
  if (verdicts.drawn.defined()) {
    t.prior = cross_entropy_to(verdicts.drawn, options_.real_label).mean();
    t.loss = t.loss + options_.prior_weight * t.prior;
  }
  t.discriminator = verdicts.loss;
}

Scalars MathieuPairs::classify(const Batch& batch, Update& update) {
  embedding_->encoder().train(true);
  const Tensor x = likelihood_.read(at::cat({batch.main.x, batch.second.x}));
  const Tensor s = embedding_->s(x);
  const Tensor seen = indicators(labels_, at::cat({batch.main.labels, batch.second.labels}), x);
  Terms t;
  t.classification = embedding_->cross_entropy(s, seen);
  update.descend({{embedding_->player(), t.classification}});
  return named(t, x);
}

// The same terms in both phases.
Scalars MathieuPairs::named(const Terms& terms, const Tensor& like) const {
  const std::vector<std::tuple<const char*, Tensor, bool>> all = {
      {"loss", terms.loss, true},
      {"reconstruction", terms.reconstruction, true},
      {"reconstruction_partner", terms.partner, true},
      {"kl", terms.kl, true},
      {"adversarial", terms.adversarial, judges()},
      {"adversarial_prior", terms.prior, options_.prior_weight > 0},
      {"cycle", terms.cycle, options_.cycle_weight > 0},
      {"discriminator", terms.discriminator, judges()},
      {"classification", terms.classification, embedding_ != nullptr},
      {"certainty", terms.certainty, reader_ != nullptr},
      {"reader", terms.reader, reader_ != nullptr}};
  Scalars scalars;
  for (const auto& [name, value, wanted] : all)
    if (wanted) scalars.emplace_back(name, value.defined() ? value.detach() : at::zeros({}, like.options()));
  return scalars;
}

}  // namespace

MethodRecipe mathieu_pairs_recipe() {
  return recipe_of<MathieuPairs, MathieuPairsOptions>();
}

}  // namespace refract
