// A posterior that tells a chosen number of nats of an example: it can neither collapse nor drift away from its prior.
#pragma once

#include "refract/nn/distributions.h"
#include "refract/nn/module.h"

namespace refract {

// Makes a code [N, D] a Gaussian: batch normalisation without learned scale gives each dimension mean 0 and variance
// 1 - exp(-2 rate), and noise of variance exp(-2 rate) brings it to 1. So all examples together have the moments of
// N(0, I), dimension by dimension, and the KL divergence of a dimension is `rate` on average (Zhu et al. 2020 hold its
// scale like this; Razavi et al. 2019 hold a least rate by other means). In training it takes the mean and variance of
// the batch, and a hundredth of them joins the running ones, which are buffers; in use it takes the running ones.
class FixedRate : public torch::nn::Module {
 public:
  FixedRate(int64_t dimensions, double rate);  // nats of each dimension, above 0
  [[nodiscard]] Gaussian posterior(const Tensor& code) const;

 private:
  double noise_;  // its log-variance
  Tensor mean_, variance_;
};

}  // namespace refract
