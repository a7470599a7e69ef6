// The players of mathieupairs beside the model and the discriminator of examples.
#pragma once

#include "refract/methods/label_classifier.h"
#include "refract/methods/mathieu_pairs_networks.h"
#include "refract/methods/mathieu_pairs_options.h"
#include "refract/optim/player.h"

namespace refract {

// An encoder of s of its own, trained by a classifier (supplementary material, "Using a pre-trained embedding").
class Embedding {
 public:
  Embedding(const MathieuPairsOptions& options, const Space& space, const LabelSet& labels);

  [[nodiscard]] PairsEncoder& encoder() { return encoder_; }
  [[nodiscard]] Tensor s(const Tensor& x) const { return encoder_.specified(encoder_.features(x)); }

  // Of the labels, from s: 0-dim. `seen` are their indicators.
  [[nodiscard]] Tensor cross_entropy(const Tensor& s, const Tensor& seen) const;

  [[nodiscard]] Player& player() { return player_; }

 private:
  LabelSet labels_;
  PairsEncoder encoder_;
  LabelClassifier classifier_;
  Player player_;
};

// An adversary that tells labels from the means of z (as Zheng and Sun 2019, Eqs. 4 and 5). It sees means in units of
// their deviations over the batch, so that nothing hides in what is small.
class LabelReader {
 public:
  LabelReader(const MathieuPairsOptions& options, const LabelSet& labels);

  // What it says of means [N, z]: log-probabilities [N, values].
  [[nodiscard]] Tensor said(const Tensor& means) const;

  // Means over the examples whose label is known, 0-dim, for the reader and for the encoder: the cross-entropy with the
  // labels, and how far what is said is from all values alike, KL(uniform || said), which is Eq. 5 less its least
  // value.
  [[nodiscard]] Tensor cross_entropy(const Tensor& said, const Tensor& seen) const;
  [[nodiscard]] Tensor certainty(const Tensor& said, const Tensor& seen) const;

  [[nodiscard]] Player& player() { return player_; }

 private:
  LabelSet labels_;
  LabelClassifier classifier_;
  Player player_;
};

}  // namespace refract
