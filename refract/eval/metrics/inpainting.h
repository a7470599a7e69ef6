// How well a model fills in what it does not see (Zheng and Sun 2019, Sec. 4.5).
#pragma once

#include <cstdint>
#include <string>

#include "refract/eval/metric.h"
#include "refract/model/inpaint.h"

namespace refract {

struct InpaintingProtocol {
  std::string mask = "right-half";  // as hidden_pixels takes it
  int64_t most = 64;                // pictures of split score, drawn by the seed
  uint64_t seed = 0;
  InpaintSettings settings = {.steps = 100, .starts = 2};
};

// A row for each way of filling that the model has, and one for the mean image of split fit. Throws BadInput as
// inpaint(), and where a split is empty.
MetricTable inpainting_table(const Model& model, const DataSource& data, const InpaintingProtocol& protocol = {},
                             const OnProgress& on_progress = {});

}  // namespace refract
