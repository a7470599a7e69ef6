// What can be done with images by exchanging latent blocks, for any model; the figures and the commands both draw
// these.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

// The block of this name, or for "" the one above. Throws BadInput where there is none, or nothing beside it to keep.
size_t exchanged_block(const Model& model, const std::string& name);

// The block and, of a category, the blocks whose priors depend on it: what is exchanged or drawn together.
std::vector<size_t> with_dependents(const Model& model, size_t block);

// "e", "c and u", "c, u and z".
std::string joined_names(const Model& model, const std::vector<size_t>& blocks);

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

// The same for any blocks at once: of each block [M, size], or [N, M, size] where every image has codes of its own, or
// undefined where the images keep theirs. At least one is defined.
Tensor exchange(const Model& model, const Codes& of_images, const Codes& columns);

// `variants` codes drawn from the prior of the exchanged block, the same for every image: [N, variants, sizes...] (Ruiz
// et al. 2019, Fig. 4). With a block, from that one's prior (Mathieu et al. 2016, Fig. 5, is the common block).
Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed);
Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed, size_t block);

// These codes, as columns of exchange() for images with the codes `of_images`. A block whose prior depends on a class
// is drawn for the likeliest class of each image, and a column shares the noise. With a category come the blocks whose
// priors depend on it, drawn for the same class. Throws BadInput where the block has no prior.
Codes prior_columns(const Model& model, const Codes& of_images, size_t block, int64_t variants, uint64_t seed);

// Image b of `common` with the exchanged code of image a of `target`: [B, A, sizes...] (Ruiz et al. 2019, Fig. 5; of
// one list against itself, Mathieu et al. 2016, Fig. 2a). With a block, that one's code; with a category come the
// blocks that depend on it (Zheng and Sun 2019, Fig. 6: a class and its z_s from one image, z_u from the other).
Tensor transfer(const Model& model, const Tensor& target, const Tensor& common);
Tensor transfer(const Model& model, const Tensor& target, const Tensor& common, size_t block);

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

// "" where a model has two parts to move independently between images, else a sentence that says what it has.
std::string lacks_interpolation_grid(const Model& model);

// The blocks that move along the columns of an interpolation grid; all others move along its rows. The block of this
// name, or for "" the target block, or in a model of classes the classes with what is related to them. Throws BadInput
// where there is no such block, or nothing beside it.
std::vector<size_t> blocks_across(const Model& model, const std::string& name = "");

// Between two images with codes [1, size] a block: in row i and column j the blocks `across` are j / steps of the way
// and all others i / steps, in straight lines: [steps + 1, steps + 1, sizes...] (Mathieu et al. 2016, Fig. 2b).
Tensor interpolation_grid(const Model& model, const Codes& from, const Codes& to, const std::vector<size_t>& across,
                          int64_t steps);

// Image n with dimension `d` of a block at each of `values` [T]: [N, T, sizes...].
Tensor traverse(const Model& model, const Tensor& images, size_t block, int64_t d, const Tensor& values);

}  // namespace refract
