// What can be done with images by exchanging latent blocks, for any model; the figures and the commands both draw
// these.
#pragma once

#include <cstdint>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

// Examples here, called images, are [N, sizes...] of the model's space; BadInput is thrown where they are not, and
// where the model lacks a block that is needed. Blocks that are not mentioned keep the codes of the image.

// Images, floats as above or uint8, with their codes.
struct Pictures {
  Tensor images;
  Codes codes;
};
Pictures encoded(const Model& model, const Tensor& images);

// The block that `synthesize` and `transfer` give to other images: the target block, or in a model of classes the
// class-independent one, so that the class stays. Throws BadInput where there is neither, or nothing beside it.
size_t exchanged_block(const Model& model);

// "" where there is such a block, else a sentence that says what the model has.
std::string lacks_exchange(const Model& model);

// The same for `synthesize`, which wants a prior of that block, too.
std::string lacks_synthesis(const Model& model);

// encode, then decode: [N, sizes...].
Tensor reconstruct(const Model& model, const Tensor& images);

// The image with its target block set to the model's reference code; undefined where the model has no reference code.
Tensor neutralize(const Model& model, const Tensor& images);

// Image n with code m of [M, block size] in block b: [N, M, sizes...]. With the codes of the images instead of these.
Tensor exchange(const Model& model, const Tensor& images, size_t block, const Tensor& codes);
Tensor exchange(const Model& model, const Codes& of_images, size_t block, const Tensor& codes);

// `variants` codes drawn from the prior of the exchanged block, the same for every image: [N, variants, sizes...] (Ruiz
// et al. 2019, Fig. 4).
Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed);

// These codes: [variants, size of the exchanged block].
Tensor prior_variants(const Model& model, int64_t variants, uint64_t seed);

// Image b of `common` with the exchanged code of image a of `target`: [B, A, sizes...] (Ruiz et al. 2019, Fig. 5).
Tensor transfer(const Model& model, const Tensor& target, const Tensor& common);

// All blocks from their priors: [panels, positions, sizes...]. The target block is shared by a panel, all others by a
// position (Ruiz et al. 2019, Fig. 10). In a model without a target block every image is drawn alone.
Tensor sample(const Model& model, int64_t panels, int64_t positions, uint64_t seed);

// The codes of these images, panel by panel: [panels * positions, size] a block.
Codes sample_codes(const Model& model, int64_t panels, int64_t positions, uint64_t seed);

// From image n of `from` [N, sizes...], with block b moving in a straight line to that of image n of `to`, to the
// fraction t of the way for each entry of `fractions`: [T, N, sizes...].
Tensor interpolate(const Model& model, const Tensor& from, const Tensor& to, size_t block,
                   const std::vector<double>& fractions);

// The same, of codes, with the fraction t alone: [N, sizes...].
Tensor interpolate(const Model& model, Codes from, const Tensor& to, size_t block, double t);

// Image n with dimension `d` of a block at each of `values` [T]: [N, T, sizes...].
Tensor traverse(const Model& model, const Tensor& images, size_t block, int64_t d, const Tensor& values);

}  // namespace refract
