// Examples that a model makes from nothing but its prior.
#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <optional>
#include <string>

#include "refract/model/model.h"

namespace refract {

struct Generated {
  Tensor examples;  // [N, sizes...] on the CPU, in the units of the space
  Tensor labels;    // [N] int64, the class that each was made for; undefined where none was asked for
};

// The mean examples of `count` draws from the prior of every block. `category` is a position in blocks(). Throws
// BadInput where the model has no generator, or a block without a prior.
Generated generated(const Model& model, int64_t count, std::optional<size_t> category, const at::Generator& generator);

// "" where the model has both, else a sentence that says what it lacks.
std::string lacks_generated(const Model& model);

// The first category with so many classes, as a position in blocks(). Where the model learned from labels, its classes
// are those of the data.
std::optional<size_t> category_of(const Model& model, int64_t classes);

}  // namespace refract
