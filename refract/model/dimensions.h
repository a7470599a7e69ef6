// Which latent dimensions a traversal shows, and from where to where each goes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

struct Dimension {
  size_t block = 0;
  int64_t index = 0;  // in the block
  double kl = 0;      // nats; of a code that is no Gaussian, the variance of the codes
  double low = 0, high = 0;
};

enum class Range { prior, posterior };

// The dimensions of one block, those that say most first. Each goes from the 2nd to the 98th percentile of draws from
// the prior, or of the posterior means of `images` [N, sizes...], which also tell the KL.
std::vector<Dimension> ranked_dimensions(const Model& model, const Tensor& images, size_t block, Range range,
                                         uint64_t seed);

// `count` values from low to high: [count].
Tensor steps_of(const Dimension& dimension, int64_t count);

// "z3", "u1.3" where the block is u1, "u" where it has one dimension.
std::string dimension_name(const Block& block, int64_t index);

}  // namespace refract
