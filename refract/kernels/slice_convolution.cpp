#include "refract/kernels/slice_convolution.h"

#include "refract/kernels/isa.h"
#include "refract/kernels/loops/patch_convolution.h"
#include "refract/kernels/loops/strided_winograd.h"
#include "refract/kernels/loops/thin_convolution.h"
#include "refract/kernels/winograd_convolution.h"

namespace refract {

std::unique_ptr<const SliceConvolution> SliceConvolution::of(const ConvolutionShape& shape) {
  if (isa() == Isa::none) return nullptr;
  const bool halves = shape.filter == Filter::strided || shape.filter == Filter::transposed;
  auto found = halves ? strided_winograd(shape) : winograd_convolution(shape);
  if (found) return found;
  return halves ? patch_convolution(shape) : thin_convolution(shape);
}

}  // namespace refract
