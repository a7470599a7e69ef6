// What readers of codes are to be compared with: the same readers of what needs no training.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "refract/model/model.h"

namespace refract {

// Names of their rows.
inline constexpr const char* untrained_row = "untrained encoder";
std::string raw_row(const Space& space);  // "raw pixels"; "raw values" of rows

struct Baseline {
  std::string name;
  std::function<Tensor(const Tensor& examples)> codes;  // [N, sizes...] -> [N, D] on the CPU
};

// Where there is an untrained model, which must outlive them: all its codes together. Then raw_values() of the examples
// themselves, of which wide rows keep the 1,024 columns that vary most in `some` examples. These are asked for where
// rows are wide.
std::vector<Baseline> baselines_of(const Space& space, const Model* untrained, const std::function<Tensor()>& some);

// What they are, for a protocol: a sentence and a space, "" where there is no untrained model; and what becomes of
// pixels and values, ", averaged to 16x16", " in the 1024 columns that vary most" or "".
std::string untrained_protocol(const Model* untrained);
std::string raw_protocol(const Space& space);

}  // namespace refract
