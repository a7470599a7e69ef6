#include "refract/methods/common.h"

namespace refract {

void NetworkOptions::describe_into(Options& options) {
  options.add("widths", widths, "channels at each resolution, from the image's downwards; each halves the image once")
      .range(1, 4096);
  options.add("tanh_output", tanh_output,
              "end the generator in tanh, as the paper does; else linear, which escapes black images sooner");
  options.add("learning_rate", learning_rate, "step size of Adam (paper: 1e-4)").range(0, 1);
  options.add("beta1", beta1, "decay of Adam's first moment").range(0, 0.9999);
  options.add("beta2", beta2, "decay of Adam's second moment").range(0, 0.99999);
}

Adam NetworkOptions::adam(double rate_factor) const {
  return {learning_rate * rate_factor, beta1, beta2, 1e-8};
}

void LikelihoodOptions::describe_into(Options& options) {
  options.add("reduction", reduction, "how the L1 error of an image is reduced over channels and pixels")
      .one_of({"sum", "mean"});
  options
      .add("laplace_scale", laplace_scale,
           "scale of the Laplace likelihood, which divides the L1 error (paper: 0.01, reduction unknown)")
      .range(1e-6, 1e6);
}

Tensor LikelihoodOptions::negative_log_likelihood(const Tensor& x, const Tensor& mean) const {
  const int64_t values = reduction == "mean" ? x.numel() / x.size(0) : 1;
  return absolute_error(x, mean).mean() / (laplace_scale * static_cast<double>(values));
}

}  // namespace refract
