// The networks of Mathieu et al. 2016: what is inferred from examples, and the adversary that knows their labels.
#pragma once

#include <memory>
#include <vector>

#include "refract/methods/label_set.h"
#include "refract/nn/networks.h"

namespace refract {

// One trunk up to two heads: s, without noise, and q(z | x). A head of 0 dimensions is left out.
class PairsEncoder : public torch::nn::Module {
 public:
  struct Shape {
    int64_t s = 0, z = 0;
    Sigma sigma = Sigma::own;
  };
  PairsEncoder(const Space& space, const Architecture& architecture, const Shape& shape);

  [[nodiscard]] Tensor features(const Tensor& x) const { return trunk_->forward(x); }
  [[nodiscard]] Tensor specified(const Tensor& features) const { return head_s_->forward(features); }
  [[nodiscard]] Gaussian unspecified(const Tensor& features) const { return head_z_->posterior(features); }

 private:
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Linear> head_s_;
  std::shared_ptr<GaussianHead> head_z_;
};

// Whether an example is real and has its labels, [N], as a logit. Three look-up tables of the labels are added to the
// maps of the first three layers, or of all where there are fewer: a number a map, summed over attributes. (In the
// authors' code a table gives a coarse map, and attributes share the maps between them.) Normed networks are the
// paper's whichever of the two the model has: 5x5 convolutions of stride 2 with LeakyReLU.
class LabelledAdversary : public torch::nn::Module {
 public:
  LabelledAdversary(const Space& space, const Architecture& architecture, const LabelSet& labels, double dropout);

  // `seen` are the indicators of the labels; the first `data` examples are data (see Trunk).
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& seen, int64_t data = 0) const;

  // Whether a verdict depends on the other examples of its pass.
  [[nodiscard]] bool mixes_examples() const { return mixes_examples_; }

 private:
  double dropout_;
  bool mixes_examples_;
  std::shared_ptr<Trunk> trunk_;
  std::vector<Tensor> tables_;  // [values, maps] each
  std::shared_ptr<Linear> head_;
};

// The mean of [N] numbers that count by `weights`, [N] (undefined: all alike): 0-dim, 0 where none counts.
Tensor weighted_mean(const Tensor& each, const Tensor& weights);

// Binary cross-entropy of verdicts [N] with the target `real`: [N].
Tensor cross_entropy_to(const Tensor& verdicts, double real);

// What the adversary is given: real examples, examples that were made with swapped codes, and maybe others that were
// made with a z of the prior; N each, all with the labels of the real ones.
struct Judged {
  Tensor real, swapped, drawn;  // [N, sizes...]; drawn may be undefined
  Tensor seen;                  // indicators, [N, values]
  Tensor weights;               // [N], what the swapped ones count; undefined: all alike
};

struct Verdicts {
  Tensor swapped, drawn;  // [N], for the model; drawn is undefined where nothing was
  Tensor loss;            // 0-dim, for the adversary: of the real and of the swapped (Algorithm 1)
};

// One pass for both players where examples do not mix. Where they do, each kind has a pass, and statistics, of its own,
// as in the authors' code, and gradients run through it once for each player: the verdicts of a pass share the gradient
// of each other's examples, so that none is the other one scaled.
Verdicts judge(const LabelledAdversary& adversary, const Judged& judged, double real_label);

}  // namespace refract
