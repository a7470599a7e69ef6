// Categories and the class-related blocks that belong to them.
#pragma once

#include <string>
#include <vector>

#include "refract/model/model.h"

namespace refract {

struct ClassPair {
  size_t category = 0, related = 0;  // positions in blocks()
  Gaussian prior;                    // p(related | class), [classes, size], on the CPU
};

// In the order of the categories; empty for a model without classes.
std::vector<ClassPair> class_pairs(const Model& model);

// "" where there is one, else a sentence that says what the model has.
std::string lacks_classes(const Model& model);

// `count` one-hot rows of one class: [count, classes].
Tensor one_class(int64_t index, int64_t classes, int64_t count);

}  // namespace refract
