#include "refract/data/files/resize.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <vector>

namespace refract {

// A slice at a time, so that memory stays bounded.
Tensor resized(const Tensor& images, int64_t size) {
  if (images.size(2) == size) return images.contiguous();
  std::vector<Tensor> parts;
  for (const Tensor& part : images.split(1000)) {
    const Tensor floats = part.to(at::kFloat);
    const Tensor fitted = size > images.size(2) ? at::upsample_bilinear2d(floats, {size, size}, false)
                                                : at::adaptive_avg_pool2d(floats, {size, size});
    parts.push_back(fitted.round().to(at::kByte));
  }
  return at::cat(parts);
}

}  // namespace refract
