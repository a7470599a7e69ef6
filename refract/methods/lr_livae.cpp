// Lr-LiVAE (Zheng and Sun 2019): label-relevant codes z_s, which follow a learned Gaussian for each class, and
// label-irrelevant codes z_u, which an adversarial classifier keeps free of the label.
//
// Examples without a label (-1) are those of Sec. 3.6: their z_s follows the total Gaussian of Eq. 11, and the
// Gaussian-mixture loss and the adversarial classifier leave them out. The paper does not say what the discriminator of
// examples is told of them: here, nothing. As many samples of the prior have no class (drawn_labels).
#include <ATen/ops/randn_like.h>

#include "refract/methods/code_adversary.h"
#include "refract/methods/entries.h"
#include "refract/methods/labelled_networks.h"
#include "refract/methods/lr_livae_options.h"
#include "refract/nn/categorical.h"
#include "refract/nn/label_dependence.h"
#include "refract/nn/within_class_norm.h"

namespace refract {
namespace {

constexpr int64_t kOldProbe = 0;  // phases
constexpr int64_t kFreshProbe = 1;

// What keeps q(z_s|x) at the Gaussian of its class, [N]: of a point the likelihood (Eq. 7), else the KL divergence.
Tensor distance_to(const Gaussian& prior, const Gaussian& z_s) {
  return z_s.is_point() ? -prior.log_prob(z_s.mean) : z_s.kl_to(prior);
}

class LrLivae : public Method {
 public:
  LrLivae(const LrLivaeOptions& options, const Space& space);

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override {
    const Posteriors q = infer(examples);
    return {gaussians_.log_posterior(q.s.mean).exp(), q.s.mean, q.u.mean};
  }
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override {
    const Posteriors q = infer(examples);
    return {drawn_class(gaussians_.log_posterior(q.s.mean), generator), q.s.sample(generator), q.u.sample(generator)};
  }
  // The divergence of a point from a Gaussian is infinite.
  [[nodiscard]] Codes kl(const Examples& examples) const override {
    const Posteriors q = infer(examples);
    const Tensor classes = one_hot_mode(gaussians_.log_posterior(q.s.mean));
    return {Tensor(), q.s.is_point() ? Tensor() : q.s.kl_of_dimensions(gaussians_.of(classes)), q.u.kl_of_dimensions()};
  }
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    const Posteriors q = infer(examples);
    return {Tensor(), q.s.log_variance, q.u.log_variance};
  }
  [[nodiscard]] Gaussian prior(size_t block) const override {
    return blocks_.at(block).given ? gaussians_.all() : Model::prior(block);
  }
  // The generator reads z_s and z_u; c acts through z_s (Fig. 1).
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return likelihood_.example(generator_.shown({codes.at(1), codes.at(2)}));
  }

  [[nodiscard]] Needs needs() const override {
    return {.main = {true, true},
            .second = {true, true, options_.n_gm},
            .classes = options_.shared.labels.classes,
            .least_batch = norm_ ? options_.latent_u + 1 : 1};
  }
  [[nodiscard]] std::vector<Player*> players() override;
  [[nodiscard]] int64_t phase(int64_t step) const override {
    const int64_t period = options_.probe_restart;
    return code_adversary_ && period > 0 && step > 0 && step % period == 0 ? kFreshProbe : kOldProbe;
  }
  Scalars step(const Batch& batch, Update& update) override;

 private:
  struct Posteriors {
    Gaussian s, u;
  };
  struct Terms {
    Tensor classification, likelihood, separation;  // of the first stage
    Tensor reconstruction, kl, regularization, uniform, code_adversary, generator, discriminator, recovery, recognition;
    Tensor dependence;  // of z_u on the label
    Tensor read;        // by the classifier on z_u
    Tensor encoders;    // their loss in the second stage
  };

  [[nodiscard]] Posteriors infer(const Examples& examples) const {
    const Tensor x = likelihood_.read(examples.x);
    const Gaussian z_s = encoder_s_.forward(x);
    return {z_s, irrelevant(x, z_s)};
  }
  // q(z_u|x); what Encoder_s says of the class stands still here.
  [[nodiscard]] Gaussian irrelevant(const Tensor& x, const Gaussian& z_s) const {
    const Gaussian raw = encoder_u_.forward(x);
    return norm_ ? norm_->posterior(raw, gaussians_.log_posterior(z_s.mean.detach()).exp().detach()) : raw;
  }
  [[nodiscard]] bool judges() const { return options_.adversary.weight > 0; }
  [[nodiscard]] bool reads_drawn() const { return options_.recovery_weight > 0 || options_.recognition_weight > 0; }
  [[nodiscard]] bool draws() const { return judges() || reads_drawn(); }
  [[nodiscard]] bool separates() const { return options_.separation_weight > 0; }
  [[nodiscard]] Tensor seen_by_networks(const Tensor& made) const { return likelihood_.read(likelihood_.mean(made)); }
  void learn_classes(Terms& t, const Batch& batch, Update& update);
  void add_adversary(Terms& t, const Gaussian& posterior, const Tensor& z_u, const Tensor& seen) const;
  void teach_adversary(Terms& t, const Tensor& seen, Update& update) const;
  void add_drawn(Terms& t, std::vector<Objective>& objectives, const Tensor& x, const Tensor& seen, const Tensor& made,
                 const Tensor& z_u);
  [[nodiscard]] Scalars named(const Terms& t) const;
  Scalars learn_jointly(Terms& t, const Batch& batch, Update& update);

  LrLivaeOptions options_;
  Likelihood likelihood_;
  LabelSet label_;
  std::vector<Block> blocks_;
  Encoder encoder_s_, encoder_u_;
  std::unique_ptr<WithinClassNorm> norm_;  // null where means of z_u are as Encoder_u gives them
  ClassGaussians gaussians_;
  LabelledGenerator generator_;
  std::unique_ptr<CodeAdversary> code_adversary_;  // null where there is one class alone
  std::unique_ptr<PixelAdversary> adversary_;      // null without a discriminator of examples
  // Encoder_s moves in both stages, by an optimiser of its own in each.
  Player encoders_, generators_, classes_, supervised_;
};

LrLivae::LrLivae(const LrLivaeOptions& options, const Space& space)
    : options_(options),
      likelihood_(options.shared.likelihood, space),
      label_(label_of(options.shared)),
      blocks_{label_block("c", label_),
              {"z_s", options.latent_s, Role::class_related, false, true, 0},
              {"z_u", options.latent_u, Role::class_independent}},
      encoder_s_(space, options.shared.network.architecture(), options.latent_s, 0,
                 options.relevant_posterior == "point" ? Sigma::none : Sigma::own),
      encoder_u_(space, options.shared.network.architecture(), options.latent_u, 0,
                 options.shared_sigma ? Sigma::shared : Sigma::own),
      gaussians_(label_.values(), options.latent_s, options.sigma_rate),
      generator_(options.shared, likelihood_, {options.latent_s, options.latent_u}),
      encoders_("encoders", options.shared.network.adam()),
      generators_("generator", options.shared.network.adam()),
      classes_("classes", options.shared.network.adam()),
      supervised_("supervised", options.shared.network.adam()) {
  encoders_.own("encoder_s", encoder_s_);
  encoders_.own("encoder_u", encoder_u_);
  if (options.class_norm) {
    norm_ = std::make_unique<WithinClassNorm>(label_.values(), options.latent_u);
    encoders_.own("norm", *norm_);
  }
  // Without drawn examples the generator and the encoders minimise the reconstruction error alike: one pass finds the
  // gradients of all.
  generator_.join(draws() ? generators_ : encoders_);
  classes_.own("gaussians", gaussians_);
  supervised_.share("encoder_s", encoder_s_);
  if (label_.values() > 1) code_adversary_ = std::make_unique<CodeAdversary>(options, label_);
  if (judges())
    adversary_ = std::make_unique<PixelAdversary>(options.shared, options.adversary, space, label_.values());
}

std::vector<Player*> LrLivae::players() {
  std::vector<Player*> all = {&encoders_, &classes_, &supervised_};
  if (draws()) all.push_back(&generators_);
  if (judges()) all.push_back(&adversary_->player());
  if (code_adversary_) all.push_back(&code_adversary_->player);
  return all;
}

Scalars LrLivae::step(const Batch& batch, Update& update) {
  if (update.phase() == kFreshProbe) code_adversary_->start_anew();
  Terms t;
  learn_classes(t, batch, update);
  return learn_jointly(t, batch, update);
}

// Algorithm 1, lines 2 to 9: psi, mu and Sigma move at once, n_gm times, each time on other examples. The terms are the
// last ones.
void LrLivae::learn_classes(Terms& t, const Batch& batch, Update& update) {
  const std::vector<Tensor> examples = batch.second.x.split(batch.size());
  const std::vector<Tensor> labels = batch.second.labels.split(batch.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    const Tensor x = likelihood_.read(examples[i]);
    const Tensor seen = indicators(label_, labels[i], x);
    const Gaussian z_s = encoder_s_.forward(x);
    const Tensor known = seen.sum(1);
    const Tensor read = options_.classification_reads == "mean" ? z_s.mean : z_s.sample();
    t.classification = cross_entropy_with_label(label_, gaussians_.log_posterior(read), seen);        // Eq. 8
    t.likelihood = (distance_to(gaussians_.of(seen), z_s) * known).sum() / known.sum().clamp_min(1);  // Eq. 7
    Tensor loss = t.classification + options_.likelihood_weight * t.likelihood;                       // Eq. 9
    if (separates()) {
      const Tensor classes = drawn_labels(seen);
      const Tensor drawn = gaussians_.of(classes).sample();
      t.separation = cross_entropy_with_label(label_, gaussians_.log_posterior(drawn), classes);
      loss = loss + options_.separation_weight * t.separation;
    }
    update.descend({{supervised_, loss}, {classes_, loss}});
  }
}

void LrLivae::add_adversary(Terms& t, const Gaussian& posterior, const Tensor& z_u, const Tensor& seen) const {
  t.read = code_adversary_->read(posterior, z_u);
  const Tensor log_q = code_adversary_->classifier.log_probabilities(t.read);
  t.uniform = cross_entropy_with_uniform(label_, log_q, seen);       // Eq. 5
  t.code_adversary = cross_entropy_with_label(label_, log_q, seen);  // Eq. 4
  t.encoders = t.encoders + options_.uniform_weight * t.uniform;
}

// The terms of what the generator makes of codes that are drawn from their priors, z_s from that of a drawn class.
void LrLivae::add_drawn(Terms& t, std::vector<Objective>& objectives, const Tensor& x, const Tensor& seen,
                        const Tensor& made, const Tensor& z_u) {
  const Tensor classes = drawn_labels(seen);
  Tensor z_s, deviations;
  {
    const at::NoGradGuard no_grad;
    z_s = gaussians_.of(classes).sample();
    deviations = gaussians_.deviations(classes);
  }
  const Tensor drawn = seen_by_networks(generator_.forward({z_s, at::randn_like(z_u)}));
  Tensor loss = options_.reconstruction_weight * t.reconstruction;
  if (reads_drawn()) {
    const Tensor read = encoder_s_.forward(drawn).mean;
    t.recovery = 0.5 * ((read - z_s) / deviations).square().mean();
    t.recognition = cross_entropy_with_label(label_, gaussians_.log_posterior(read), classes);
    loss = loss + options_.recovery_weight * t.recovery + options_.recognition_weight * t.recognition;
  }
  if (judges()) {
    const PixelAdversary::Losses losses =
        adversary_->judge({x, seen}, {{seen_by_networks(made), seen}, {drawn, classes}});  // Eq. 10
    loss = loss + options_.adversary.weight * losses.generator;
    objectives.push_back({adversary_->player(), losses.discriminator});
    t.generator = losses.generator;
    t.discriminator = losses.discriminator;
  }
  objectives.push_back({generators_, loss});
}

// Algorithm 1, lines 10 to 28. The gradients of all five updates are taken at the weights of the first stage, from one
// batch, and then all move: that is what the algorithm says, since nothing is computed again between its last lines. So
// the discriminator and the classifier on z_u each have one pass for both of their sides.
Scalars LrLivae::learn_jointly(Terms& t, const Batch& batch, Update& update) {
  const Tensor x = likelihood_.read(batch.main.x);
  const Tensor seen = indicators(label_, batch.main.labels, x);
  const Gaussian z_s = encoder_s_.forward(x);
  const Gaussian posterior = irrelevant(x, z_s);
  const Tensor z_u = posterior.sample();
  const Tensor made = generator_.forward({z_s.sample(), z_u});
  t.reconstruction = likelihood_.negative_log_likelihood(batch.main.x, made);
  t.kl = posterior.kl_to_standard().mean();                         // Eq. 3
  t.regularization = distance_to(gaussians_.of(seen), z_s).mean();  // Eq. 7, or with Eq. 11
  t.encoders = options_.reconstruction_weight * t.reconstruction + options_.joint_likelihood_weight * t.regularization +
               options_.kl_weight / static_cast<double>(options_.latent_u) * t.kl;
  if (code_adversary_) add_adversary(t, posterior, z_u, seen);
  if (options_.independence_weight > 0) {
    t.dependence = label_dependence(posterior.mean, seen);
    t.encoders = t.encoders + options_.independence_weight * t.dependence;
  }
  std::vector<Objective> objectives = {{encoders_, t.encoders}};
  if (code_adversary_) objectives.push_back({code_adversary_->player, t.code_adversary});
  if (draws()) add_drawn(t, objectives, x, seen, made, z_u);
  update.descend(objectives);
  if (code_adversary_) teach_adversary(t, seen, update);
  generator_.follow();
  return named(t);
}

// Updates after that of the joint stage, from the same codes.
void LrLivae::teach_adversary(Terms& t, const Tensor& seen, Update& update) const {
  const Tensor read = t.read.detach();
  for (int64_t i = 1; i < options_.code_adversary_steps; ++i) {
    t.code_adversary = cross_entropy_with_label(label_, code_adversary_->classifier.log_probabilities(read), seen);
    update.descend({{code_adversary_->player, t.code_adversary}});
  }
}

Scalars LrLivae::named(const Terms& t) const {
  Scalars scalars = {{"loss", t.encoders.detach()},
                     {"classification", t.classification.detach()},
                     {"likelihood", t.likelihood.detach()},
                     {"reconstruction", t.reconstruction.detach()},
                     {"kl", t.kl.detach()},
                     {"regularization", t.regularization.detach()}};
  if (code_adversary_) {
    scalars.emplace_back("uniform", t.uniform.detach());
    scalars.emplace_back("code_adversary", t.code_adversary.detach());
  }
  if (t.dependence.defined()) scalars.emplace_back("dependence", t.dependence.detach());
  if (separates()) scalars.emplace_back("separation", t.separation.detach());
  if (reads_drawn()) {
    scalars.emplace_back("recovery", t.recovery.detach());
    scalars.emplace_back("recognition", t.recognition.detach());
  }
  if (judges()) {
    scalars.emplace_back("adversarial", t.generator.detach());
    scalars.emplace_back("discriminator", t.discriminator.detach());
  }
  return scalars;
}

}  // namespace

MethodRecipe lr_livae_recipe() {
  return recipe_of<LrLivae, LrLivaeOptions>();
}

}  // namespace refract
