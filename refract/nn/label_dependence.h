// How far codes depend on labels, measured by kernels instead of a network that has to learn it: the Hilbert-Schmidt
// independence criterion (Gretton et al. 2005), by the unbiased estimator of Song et al. 2012, Eq. 4.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// 0-dim: 0 on average where codes tell nothing of the labels, about 1 where the codes of a class are equal and classes
// are far apart; an estimate may be a little below 0. `codes` [N, D]; `classes` [N, K], one row an example: 1 at its
// class, 0 elsewhere. Rows of zeros have no label: they count in the medians below alone. With fewer than 4 labelled
// examples, or one class among them, the result is 0.
//
// The kernel of labels is 1 for two of the same class and 0 otherwise. That of codes is the mean of three Gaussians of
// their distance, whose bandwidths are .5, 1 and 2 times the batch's median distance. Distances are of codes that were
// divided by the median absolute deviation of each dimension. So neither the scale of a dimension nor a few outliers
// change the result, and gradients cannot lower it by these.
Tensor label_dependence(const Tensor& codes, const Tensor& classes);

}  // namespace refract
