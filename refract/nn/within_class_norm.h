// Codes without what the means and the variances of their classes tell. A batch normalisation (Ioffe and Szegedy 2015)
// with three differences: the mean that is taken off is that of the example's class; dimensions are decorrelated, too;
// and the size of the result leaves room for the posterior's noise, so that the codes of a class have mean 0 and
// variance 1 with it (Zhu et al. 2020 fix the rate of a VAE by such a size).
#pragma once

#include "refract/nn/distributions.h"
#include "refract/nn/module.h"

namespace refract {

// What is taken off and divided by:
//
//   of each class    means [K, D]      running, over its last 500 examples or so
//   of all together  covariance [D, D] within classes: that of the batch in training, where gradients pass through it,
//                                      and a running one in use
//   of each class    variances [K, D]  running, of what these two leave: classes may be wider than others
//
// So no gradient asks for codes of another scale or for a mixture of their dimensions.
class WithinClassNorm : public torch::nn::Module {
 public:
  WithinClassNorm(int64_t classes, int64_t dimensions);

  // `codes` [N, D]; `classes` [N, K], the probabilities of each example's class, which no gradient passes. In training
  // N > D: fewer examples have no covariance.
  [[nodiscard]] Tensor forward(const Tensor& codes, const Tensor& classes) const;

  // The posterior whose means are the result times sqrt(1 - variance). A variance above 1 counts as one just below.
  [[nodiscard]] Gaussian posterior(const Gaussian& raw, const Tensor& classes) const;

 private:
  Tensor counts_, means_, covariance_, variances_;  // counts [K, 1]: examples of each class so far, at most 500
};

}  // namespace refract
