// Adversarial estimates of the log density ratio d = log q/p (Ruiz et al. 2019, Eq. 6 and 7, with the sign that
// Algorithm 1 needs). `d` holds a discriminator's outputs, [2N]: N pairs from q (encoded), then N pairs from p
// (generated).
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// E_q[d] - E_p[d]: the symmetric KL divergence where d is the true ratio. Minimised by the model: encoders push d down
// on encoded pairs, the generator pushes it up on generated ones. 0-dim.
Tensor symmetric_divergence(const Tensor& d);

// Logistic regression with encoded pairs labelled 1 and generated pairs 0; its minimiser is the true log ratio.
// Minimised by the discriminator. 0-dim, log 2 for a discriminator that knows nothing.
Tensor ratio_loss(const Tensor& d);

}  // namespace refract
