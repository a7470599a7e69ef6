// What networks read of examples with labels: each code in all ways to look at it, and the examples themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "refract/eval/labelled_parts.h"
#include "refract/model/model.h"

namespace refract {

struct ProbeReading {
  std::string name;  // "s", "z sampled", "z mean", "z mean and log-variance", "untrained encoder", "images", "rows"
  Tensor fitted, validation, scored;  // [N, D] each
  std::optional<size_t> block = {};   // none for baselines
};

// Each block that is not categorical: where the model tells its log-variances one draw from the posterior, its mean,
// and both parameters of it side by side; else the code as it is. Then the baselines (baselines.h): the untrained
// model, where there is one, and the examples. Draws are a function of `key`. Throws BadInput for codes that are not
// finite.
std::vector<ProbeReading> readings_of(const Model& model, const DataSource& data, const LabelledParts& parts,
                                      uint64_t key, const Model* untrained = nullptr);

// What they are, in sentences for a protocol.
std::string readings_protocol(const Space& space, const Model* untrained = nullptr);

// What `codes` gives of the examples of a part, a slice at a time, on the CPU. What is undefined stays so.
Codes part_codes(const DataSource& data, const LabelledPart& part,
                 const std::function<Codes(const Tensor& examples)>& codes);

}  // namespace refract
