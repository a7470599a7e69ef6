// Linear readers of a representation, with bias, computed in float64 on the CPU.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

struct LinearMap {
  Tensor weight;     // [D, K] float64
  Tensor bias;       // [K] float64
  Tensor low, high;  // [D] float64: features beyond these are taken as these (columns.h, Standardizer)

  // [N, D], any real type and device -> [N, K] float64 on the CPU.
  [[nodiscard]] Tensor operator()(const Tensor& features) const;
};

// Ordinary least squares of targets [N, K] on features [N, D]. Features are standardised first, and the solution is the
// one of least norm (LAPACK's gelsd): columns that are constant (that deviate by less than 1e-6 of their greatest
// value, which in float32 features is rounding; in float64 1e-13), and directions with less than 1e-6 of the largest
// singular value, get no weight. So dead or duplicated latents, and fewer samples than features, are harmless. Throws
// BadInput for shapes that do not fit and for values that are not finite.
LinearMap fit_least_squares(const Tensor& features, const Tensor& targets);

// Multinomial logistic regression of labels [N] int64 in [0, classes) on features [N, D]; the class is the argmax of
// the map. Minimises, over standardised features, sum_i w_i nll_i + penalty |W|^2 / (2N), where w_i = 1 / (present
// classes * size of i's class): the objective of scikit-learn's LogisticRegression(C=1/penalty,
// class_weight="balanced") after a StandardScaler. The bias is free. Solved from zero, by Newton's method where
// there are at most 1,000 weights, else by L-BFGS: the result is a function of the data alone. Throws as above.
LinearMap fit_logistic(const Tensor& features, const Tensor& labels, int64_t classes, double penalty = 1);

// The same with a penalty chosen by the data: every fourth image of each class is held out, and of 10^4, 10^3, ..., 1,
// tried in that order until the class-balanced likelihood of the held-out images falls, the best is taken. A penalty
// of 1 lets images be learned by heart where features are about as many, as raw pixels are. Where no class has four
// images, the penalty is 1.
LinearMap fit_logistic_by_held_out(const Tensor& features, const Tensor& labels, int64_t classes);

}  // namespace refract
