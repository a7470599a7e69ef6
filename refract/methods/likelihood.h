// Likelihood: the only code that knows the units of examples. It prepares them for encoders, compares them with the
// output of a generator, and turns this output into examples.
#pragma once

#include <string>

#include "refract/core/options.h"
#include "refract/core/tensor.h"
#include "refract/data/space.h"
#include "refract/nn/generator.h"

namespace refract {

enum class Family { laplace, gaussian, bernoulli, poisson, negative_binomial };

struct LikelihoodOptions {
  std::string likelihood = "auto";
  std::string reduction = "sum";
  double laplace_scale = 1.0;
  int64_t pyramid = 0;
  Family of_pixels = Family::laplace;  // what "auto" means for pictures

  void describe_into(Options& options);
};

// Errors are negative log-likelihoods without the constants of the example, summed or averaged over its values.
//
// laplace: |x - mean| / scale. With a pyramid the L1 error is the mean of that of the image and of its next `pyramid`
// halvings, each in the units of the full image (an all-black image has the same error at all levels). The halvings
// give a gradient even where a thin line is still far from its place. Halving ends at an odd side. gaussian: (x -
// mean)^2 / (2 scale). bernoulli: the binary cross-entropy of (x + 1) / 2, where the generator gives logits; over
// scale. poisson, negative_binomial: of counts, whose mean is the example's own sum times a softmax over the
// generator's first D outputs; the negative binomial's inverse dispersions are the exponentials of its other D (Lopez
// et al. 2018, with the observed library size). Over scale.
class Likelihood {
 public:
  // Throws BadInput where the options do not fit the space or each other.
  Likelihood(const LikelihoodOptions& options, const Space& space);

  [[nodiscard]] const Space& space() const { return space_; }

  // What encoders and discriminators read of examples [N, sizes...]: the same tensor but for counts, which become
  // log(1 + x) of rows brought to the typical sum.
  [[nodiscard]] Tensor read(const Tensor& x) const;

  // What the generator has to make for one example.
  [[nodiscard]] Space made() const;

  // 0-dim: the mean over the batch.
  [[nodiscard]] Tensor negative_log_likelihood(const Tensor& x, const Tensor& made) const;

  // The same of each example, [N], summed over its values whatever the reduction.
  [[nodiscard]] Tensor negative_log_likelihoods(const Tensor& x, const Tensor& made) const;

  // The distribution's mean in the example's units, counts for a typical sum; not clamped.
  [[nodiscard]] Tensor mean(const Tensor& made) const;

  // The same as an example: pixels are clamped to [-1, 1]. Gradients pass through the clamp.
  [[nodiscard]] Tensor example(const Tensor& made) const;

  // How the generator ends: "linear", "tanh" or "leaky". Throws BadInput where that does not fit the likelihood.
  [[nodiscard]] Output output(const std::string& generator_output) const;

 private:
  [[nodiscard]] Tensor error(const Tensor& x, const Tensor& made) const;        // [N]
  [[nodiscard]] Tensor pyramid_error(Tensor x, Tensor mean) const;              // [N]
  [[nodiscard]] Tensor count_error(const Tensor& x, const Tensor& made) const;  // [N]

  Space space_;
  Family family_;
  bool mean_over_values_;
  double scale_;
  int64_t pyramid_;
};

}  // namespace refract
