#include "refract/nn/categorical.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/multinomial.h>
#include <ATen/ops/one_hot.h>

#include <cmath>
#include <limits>

namespace refract {

// Gumbel noise is -log of exponential noise. Some generators of that give a 0 once in many millions, whose logarithm
// would end a training.
Tensor gumbel_softmax(const Tensor& log_probabilities, double temperature) {
  constexpr double least = std::numeric_limits<float>::min();
  const Tensor noise = at::empty_like(log_probabilities.detach()).exponential_().clamp_min_(least).log_().neg_();
  return ((log_probabilities + noise) / temperature).softmax(1);
}

Tensor drawn_class(const Tensor& log_probabilities, const at::Generator& generator) {
  const Tensor probabilities = log_probabilities.detach().exp().to(generator.device());
  const Tensor classes = at::multinomial(probabilities, 1, false, generator).squeeze(1);
  return at::one_hot(classes, log_probabilities.size(1)).to(log_probabilities.options());
}

Tensor one_hot_mode(const Tensor& log_probabilities) {
  return at::one_hot(log_probabilities.argmax(1), log_probabilities.size(1)).to(log_probabilities.scalar_type());
}

Tensor entropy(const Tensor& log_probabilities) {
  return -(log_probabilities.exp() * log_probabilities).sum(1);
}

Tensor aggregate_kl(const Tensor& log_probabilities, const Tensor& prior) {
  const auto count = static_cast<double>(log_probabilities.size(0));
  const Tensor log_q = log_probabilities.logsumexp(0) - std::log(count);
  return (log_q.exp() * (log_q - prior.log())).sum();
}

}  // namespace refract
