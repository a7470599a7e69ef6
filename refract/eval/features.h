// What the probes read: the codes of a model for the fit and score splits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

struct FeatureSet {
  std::string name;  // "e", "z", "e and z"
  Tensor fit;        // [N, D], codes of split fit
  Tensor score;      // [M, D], of split score
};

// Posterior means of all images of a split, one tensor a block. Images are read and encoded a slice at a time.
Codes split_codes(const Model& model, const DataSource& data, Split split);

// Each block as one draw from its posterior, named "e (drawn)"; none for a model whose codes are not random. The same
// draws at every call.
std::vector<FeatureSet> drawn_feature_sets(const Model& model, const DataSource& data);

// Each block alone, then, where there are several, all of them together.
std::vector<FeatureSet> feature_sets(const Model& model, const DataSource& data);

// What the rows of a probe are to be read against: "untrained encoder", all blocks together of a model as it was before
// training, where there is one, and "raw pixels", averaged to 16x16 where images are larger, or "raw values" of rows:
// their first principal components, 64 at most and a quarter as many as examples of split fit.
std::vector<FeatureSet> baseline_sets(const DataSource& data, const Model* untrained);

// What they are, in sentences for a protocol.
std::string baseline_protocol(const DataSource& data, const Model* untrained);

// One block's codes of the fitting split: its first three quarters as `fit`, the rest as `score`. Throws BadInput for
// an unknown block and for fewer than 8 images.
FeatureSet within_fit(const Model& model, const DataSource& data, const std::string& block);

// Calls use() with the examples of a split, at most 250 at a time, in order: [N, sizes...].
using SliceUse = std::function<void(const Tensor& examples)>;
void for_each_slice(const DataSource& data, Split split, const SliceUse& use);

// The same for these examples of a split.
void for_each_slice(const DataSource& data, Split split, const Indices& rows, const SliceUse& use);

// Examples [N, sizes...] as a reader without a model sees them, [N, D]: the pixels of pictures, averaged to squares of
// this side where they are larger, and rows as comparable() makes them.
inline constexpr int64_t kRawSide = 16;
Tensor raw_values(const Space& space, const Tensor& x);

// Examples in the units in which a model gives them back: counts are brought to the typical sum of a row.
Tensor comparable(const Space& space, const Tensor& x);

// Throws BadInput where values are NaN or infinite: "Measuring `what`: expected finite numbers, ...".
void expect_finite(const std::string& what, const Tensor& values);

// "" where both splits have images, else a sentence that names the empty one.
std::string lacks_probe_splits(const DataSource& data);

}  // namespace refract
