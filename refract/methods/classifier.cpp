// A classifier of the labels: what generated examples are judged by.
#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/methods/entries.h"
#include "refract/methods/label_options.h"
#include "refract/methods/likelihood.h"
#include "refract/nn/residual.h"

namespace refract {
namespace {

struct ClassifierOptions {
  ResidualShape shape;
  double learning_rate = 2e-3, beta1 = 0.9, beta2 = 0.999;
  double label_smoothing = 0;
  bool flips = false;
  int64_t shifts = 0;
  LabelOptions labels;

  Options describe();
};

Options ClassifierOptions::describe() {
  Options options;
  options
      .add("width", shape.width,
           "channels of the network at the resolution of the picture; the next two resolutions have twice and four "
           "times as many, and there are four times as many features")
      .range(1, 1024);
  options.add("blocks", shape.blocks, "residual blocks of two layers at each of the three resolutions").range(1, 100);
  options.add("learning_rate", learning_rate, "learning rate of Adam").range(0, 1);
  options.add("beta1", beta1, "decay of Adam's first moment").range(0, 0.9999);
  options.add("beta2", beta2, "decay of Adam's second moment").range(0, 0.99999);
  options
      .add(
          "label_smoothing", label_smoothing,
          "share of the probability of each label that is spread evenly over all values (Szegedy et al. 2016); 0: none")
      .range(0, 0.99);
  options.add("flips", flips, "mirror each training picture, left to right, with probability 1/2 at each step");
  options
      .add("shifts", shifts,
           "largest shift of a training picture in pixels, in both directions, with the edge repeated; 0: none")
      .range(0, 1024);
  labels.describe_into(options, "to classify");
  return options;
}

// Each picture mirrored or not.
Tensor flipped_at_random(const Tensor& x) {
  const Tensor chosen = at::rand({x.size(0), 1, 1, 1}, x.options()).lt(0.5);
  return at::where(chosen, x.flip(3), x);
}

// Along one dimension, each picture by as many pixels from -most to most.
Tensor shifted_at_random(const Tensor& x, int64_t dimension, int64_t most) {
  const int64_t side = x.size(dimension);
  const auto whole = x.options().dtype(at::kLong);
  const Tensor by = at::randint(-most, most + 1, {x.size(0), 1}, whole);
  std::vector<int64_t> sizes = {x.size(0), 1, 1, 1};
  sizes[static_cast<size_t>(dimension)] = side;
  const Tensor from = (at::arange(side, whole) + by).clamp(0, side - 1).view(sizes);
  return x.gather(dimension, from.expand_as(x));
}

class Classifier : public Method {
 public:
  Classifier(const ClassifierOptions& options, const Space& space)
      : options_(options),
        likelihood_({}, space),
        labels_(options.labels.set()),
        network_(make_residual_network(space, options.shape)),
        head_(network_->features(), labels_.values(), kPlain),
        player_("classifier", {options.learning_rate, options.beta1, options.beta2, 1e-8}) {
    if (!space.is_picture() && (options.flips || options.shifts > 0))
      throw BadInput(
          fmt::format("Building the classifier: flips and shifts change pictures, but these are {}. Leave "
                      "them out.",
                      text_of(space)));
    const bool one = labels_.sizes.size() == 1;
    for (size_t k = 0; k < labels_.sizes.size(); ++k)
      blocks_.push_back(label_block(one ? "c" : fmt::format("c{}", k + 1), labels_, k));
    for (Block& block : blocks_) block.prior = false;
    blocks_.push_back({"features", network_->features(), Role::whole, false, false});
    player_.own("network", *network_);
    player_.own("head", head_);
  }

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] bool generates() const override { return false; }

  // The probabilities of each attribute's values, and the layer before their logits.
  [[nodiscard]] Codes encode(const Examples& examples) const override {
    const Tensor features = network_->forward(likelihood_.read(examples.x));
    Codes codes;
    for (const Tensor& logits : logits_of(features)) codes.push_back(logits.softmax(1));
    codes.push_back(features);
    return codes;
  }
  [[nodiscard]] Codes kl(const Examples& /*examples*/) const override { return Codes(blocks_.size()); }
  [[nodiscard]] Codes log_variances(const Examples& /*examples*/) const override { return Codes(blocks_.size()); }
  [[nodiscard]] Tensor decode(const Codes& /*codes*/) const override { throw BadInput(lacks_generator(*this)); }

  [[nodiscard]] Needs needs() const override {
    return {.main = {true, true}, .classes = options_.labels.classes, .least_batch = 2};
  }
  [[nodiscard]] std::vector<Player*> players() override { return {&player_}; }
  Scalars step(const Batch& batch, Update& update) override;

 private:
  [[nodiscard]] std::vector<Tensor> logits_of(const Tensor& features) const {
    return head_.forward(features).split_with_sizes(labels_.sizes, 1);
  }
  [[nodiscard]] Tensor augmented(const Tensor& x) const;

  ClassifierOptions options_;
  Likelihood likelihood_;
  LabelSet labels_;
  std::vector<Block> blocks_;
  std::shared_ptr<ResidualNetwork> network_;
  Linear head_;
  Player player_;
};

Tensor Classifier::augmented(const Tensor& x) const {
  Tensor changed = options_.flips ? flipped_at_random(x) : x;
  if (options_.shifts == 0) return changed;
  for (const int64_t dimension : {2, 3}) changed = shifted_at_random(changed, dimension, options_.shifts);
  return changed;
}

// Cross-entropy, a mean over the examples whose label is known, and the share of them whose label is the likeliest
// value; both summed over attributes, the share then divided by their number.
Scalars Classifier::step(const Batch& batch, Update& update) {
  const Tensor x = likelihood_.read(augmented(batch.main.x));
  const std::vector<Tensor> logits = logits_of(network_->forward(x));
  const std::vector<Tensor> seen = indicators(labels_, batch.main.labels, x).split_with_sizes(labels_.sizes, 1);
  Tensor loss, right;
  for (size_t k = 0; k < logits.size(); ++k) {
    const Tensor known = seen[k].sum(1, true);
    const Tensor count = known.sum().clamp_min(1);
    const double alike = options_.label_smoothing / static_cast<double>(labels_.sizes[k]);
    const Tensor wanted = (1 - options_.label_smoothing) * seen[k] + alike * known;
    const Tensor term = -(wanted * logits[k].log_softmax(1)).sum() / count;
    const Tensor hits = seen[k].gather(1, logits[k].detach().argmax(1, true)).sum() / count;
    loss = loss.defined() ? loss + term : term;
    right = right.defined() ? right + hits : hits;
  }
  update.descend({{player_, loss}});
  return {{"loss", loss.detach()}, {"accuracy", right / static_cast<double>(logits.size())}};
}

}  // namespace

MethodRecipe classifier_recipe() {
  return recipe_of<Classifier, ClassifierOptions>();
}

}  // namespace refract
