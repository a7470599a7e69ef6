// The networks of Lr-LiVAE (Zheng and Sun 2019, Fig. 1) and of its rivals, cVAE, cGAN and cVAE-GAN.
#pragma once

#include <memory>
#include <vector>

#include "refract/methods/label_set.h"
#include "refract/methods/labelled_options.h"
#include "refract/model/model.h"
#include "refract/nn/augmentation.h"
#include "refract/nn/moving_average.h"
#include "refract/nn/networks.h"
#include "refract/nn/projection_discriminator.h"
#include "refract/optim/player.h"

namespace refract {

// The one attribute that is the label: the first of label_columns. Throws BadInput as label_set.
LabelSet label_of(const LabelledOptions& options);

// Below, `seen` are the indicators of labels, [N, classes]: one-hot rows, or zeros where the label is not known.

// The indicators of labels for examples that are drawn from the prior: a class for each example whose label is seen,
// drawn uniformly by LibTorch's default generator (p(c) = 1 / C, as in Eqs. 6 and 10 and in the authors' code;
// Algorithm 1 takes the labels of the batch), and none for the others. A label is then as rare among generated examples
// as among real ones, and that there is one tells a discriminator nothing.
Tensor drawn_labels(const Tensor& seen);

// p(z_s | c): a learned Gaussian with diagonal covariance for each class (Eq. 6). Standard deviations stay between 0.14
// and 7.4, or a code without noise could make its likelihood as large as it likes. They are learned as log-variances,
// and every determinant is a sum of these. Adam moves them `sigma_rate` times as far as its step size says.
class ClassGaussians : public torch::nn::Module {
 public:
  ClassGaussians(int64_t classes, int64_t dimensions, double sigma_rate);

  [[nodiscard]] Gaussian all() const;  // [classes, dimensions]

  // log q(c | z), [N, classes], with equal class priors (Eq. 8).
  [[nodiscard]] Tensor log_posterior(const Tensor& z) const;

  // The standard deviations within the class of each example, or within the mean class where it is not known.
  [[nodiscard]] Tensor deviations(const Tensor& seen) const;

  // Of the label of each example, or that of all classes together where it is not known: [N, dimensions].
  [[nodiscard]] Gaussian of(const Tensor& seen) const;

 private:
  Tensor means_, spreads_;  // spreads in units of 1 / sigma_rate: Adam's steps are of one length, whatever the gradient
  double sigma_rate_;
};

// The mean and variance of an equal mixture of Gaussians [classes, D]: [1, D] (Eq. 11).
Gaussian total(const Gaussian& classes);

// From codes side by side, of these sizes, to examples.
class LabelledGenerator {
 public:
  LabelledGenerator(const LabelledOptions& options, const Likelihood& likelihood, const std::vector<int64_t>& sizes);

  void join(Player& player);  // once
  [[nodiscard]] Tensor forward(const Codes& codes) const;
  [[nodiscard]] Tensor shown(const Codes& codes) const;  // by the moving average where there is one
  void follow();                                         // after each step of its player

 private:
  std::shared_ptr<Generator> live_;
  std::unique_ptr<MovingAverage> average_;
};

// The discriminator of examples that knows their labels, and its player.
class PixelAdversary {
 public:
  PixelAdversary(const LabelledOptions& options, const PixelAdversaryOptions& adversary, const Space& space,
                 int64_t classes);

  struct Losses {
    Tensor generator, discriminator;  // 0-dim
  };
  // Examples [N, sizes...], as networks read them, and the indicators of their labels.
  struct Shown {
    Tensor x, seen;
  };
  // Of real examples and of several kinds of generated ones, N each. The means of each kind are added up (Algorithm 1,
  // lines 21 and 22). One pass forward and one back serve both players: no layer mixes examples.
  [[nodiscard]] Losses judge(const Shown& real, const std::vector<Shown>& made) const;

  [[nodiscard]] Player& player() { return player_; }

 private:
  bool hinge_;
  Augmentation augmentation_;
  ProjectionDiscriminator discriminator_;
  Player player_;
};

}  // namespace refract
