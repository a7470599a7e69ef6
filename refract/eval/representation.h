// Codes beside the ground truth of the same images: all that the metrics of the disentanglement literature look at.
// They need no model, no images and no image for each combination of factors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

// Ground-truth factors of N images. Columns that cannot be factors are left out: those that never change, and
// identifiers.
struct Factors {
  std::vector<std::string> names;  // K
  Tensor values;                   // [N, K] float64
  std::vector<bool> real;          // K; whether a factor is real-valued
  Tensor classes;                  // [N, K] int64, from 0; real-valued factors in 20 bins of equal width
  std::vector<int64_t> sizes;      // K; classes that occur
  std::string left_out;            // a sentence that names the columns left out and says why; "" where there are none

  [[nodiscard]] int64_t count() const { return static_cast<int64_t>(names.size()); }
};

// The most values that a discrete factor of so many images may have: one for every two images, and no more than 256
// (the published data sets have up to 183); 20 are never too many. Beyond lie identifiers: metrics ask what images with
// the same value have in common, most values would have one image, and the time of several grows with values times
// images.
int64_t most_values(int64_t images);

// `values` [N, K] of any real type; a factor is real-valued where its entry of `sizes` is 0 and discrete elsewhere.
// Throws BadInput for values that are not finite, for other shapes, and where no column can be a factor.
Factors factors_of(std::vector<std::string> names, const Tensor& values, const std::vector<int64_t>& sizes);

// Those of the images of splits fit and score, one after the other; a discrete one as 0, 1, ... Throws BadInput where
// none varies.
Factors factors_in(const DataSource& data);

struct Representation {
  std::string name;  // of a row: "e", "z", "e and z", "codes.npz"
  Tensor codes;      // [N, D] float64, on the CPU
  Factors factors;
};

// Throws BadInput for codes that are not [N, D] with D >= 1 and the factors' N, that are not finite, or of fewer than
// 100 images.
Representation representation(std::string name, const Tensor& codes, const Factors& factors);

// Standard normal codes, as many as the widest of `rows` has: what a metric gives where there is nothing to find.
Representation noise_beside(const std::vector<Representation>& rows, uint64_t seed);

// Posterior means of the images of splits fit and score: all blocks that are not categorical together, each block
// alone, everything where there is a categorical block, and noise. One row beside the noise for a model of one block.
std::vector<Representation> representations(const Model& model, const DataSource& data, uint64_t seed);

// "" where the data can serve these metrics, else a sentence that says what is missing.
std::string lacks_factors(const DataSource& data);

// The names of the factors and "average", for tables with one column a factor.
std::vector<std::string> factor_columns(const std::vector<Representation>& rows);

// The values, then their mean.
std::vector<double> with_average(const Tensor& values);

}  // namespace refract
