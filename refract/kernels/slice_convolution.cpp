#include "refract/kernels/slice_convolution.h"

#include "refract/kernels/isa.h"
#include "refract/kernels/patch_convolution.h"
#include "refract/kernels/thin_convolution.h"
#include "refract/kernels/winograd_convolution.h"

namespace refract {

std::unique_ptr<const SliceConvolution> SliceConvolution::of(const ConvolutionShape& shape) {
  if (isa() == Isa::none) return nullptr;
  if (shape.filter == Filter::strided || shape.filter == Filter::transposed) return patch_convolution(shape);
  auto found = winograd_convolution(shape);
  return found ? std::move(found) : thin_convolution(shape);
}

}  // namespace refract
