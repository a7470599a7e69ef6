// Codes of given classes: what the generator is asked for where images are made class by class.
#pragma once

#include <ATen/core/Generator.h>

#include <string>
#include <vector>

#include "refract/model/model.h"

namespace refract {

// The categories of a model, as positions in blocks().
std::vector<size_t> categories_of(const Model& model);

// "" where it makes examples of classes from priors, else a sentence that says what it lacks: a generator, a category,
// or the prior of a block.
std::string lacks_class_samples(const Model& model);

// What codes of the prior are made of, [count, size] a block on the CPU: drawn classes, one-hot, and standard normal
// noise for every other block.
Codes prior_noise(const Model& model, int64_t count, const at::Generator& generator);

// The same noise, all of this class.
Codes noise_of_class(Codes noise, size_t category, int64_t index);

// Noise becomes codes: mean + deviation * noise, with the prior of the block, or with that of its class where it
// depends on one: z_s = z sigma_c + mu_c (Zheng and Sun 2019, Sec. 4.3). One noise thus stands for related codes in all
// classes.
Codes codes_of_noise(const Model& model, Codes noise);

// The non-categorical blocks whose prior depends on this category, and those whose prior does not.
std::vector<size_t> blocks_given(const Model& model, size_t category);
std::vector<size_t> blocks_not_given(const Model& model, size_t category);

// The `most` dimensions of a block that change the examples most: those whose decodings from noise -1 and 1 differ most
// in all values, averaged over a few classes. The noise of all other dimensions is `noise`, [1, size] a block.
std::vector<int64_t> strongest_dimensions(const Model& model, const Codes& noise, size_t category, size_t block,
                                          int64_t most);

}  // namespace refract
