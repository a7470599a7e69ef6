// How well a model fills in what it does not see (Zheng and Sun 2019, Sec. 4.5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/eval/metric.h"
#include "refract/model/inpaint.h"

namespace refract {

// Cost: each mask is as much work as `steps` passes back and forth through the generator for each start.
struct InpaintingProtocol {
  std::vector<std::string> masks = {"right-half", "bottom-half", "eyes", "nose-mouth"};  // as hidden_pixels takes them
  int64_t pictures = 64;    // of split score, at most, drawn by the seed
  int64_t training = 5000;  // of split unlabelled, at most, drawn by the seed: their mean, and the nearest of them
  uint64_t seed = 0;
  InpaintSettings settings = {.steps = 100, .starts = 2};
};

// Two columns for each mask: the mean absolute error of the hidden part, and MS-SSIM of the whole picture and the
// original (similarity.h). A row for each way of filling that the model has, and two for what needs no model: the mean
// of training pictures, and the training picture that is nearest to the visible part. No label is given to any. Throws
// BadInput as hidden_pixels() and inpaint(), and where a split is empty.
MetricTable inpainting_table(const Model& model, const DataSource& data, const InpaintingProtocol& protocol = {},
                             const OnProgress& on_progress = {});

}  // namespace refract
