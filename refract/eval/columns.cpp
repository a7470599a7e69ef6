#include "refract/eval/columns.h"

#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/reciprocal.h>

namespace refract {
namespace {

constexpr double kOutside = 10;  // standard deviations

}  // namespace

Tensor constant_columns(const Tensor& values) {
  const Tensor width = values.amax(0) - values.amin(0);
  return width.le(values.abs().amax(0) * kRounding);
}

double rounding_of(const Tensor& values) {
  return values.is_floating_point() && values.scalar_type() != at::kDouble ? kFloatRounding : kRounding;
}

Standardizer::Standardizer(const Tensor& x, double rounding)
    : mean(x.mean(0)), factor((x - mean).square().mean(0).sqrt()) {
  low = x.amin(0) - kOutside * factor;
  high = x.amax(0) + kOutside * factor;
  const Tensor constant = factor.le(x.abs().amax(0) * rounding);
  factor = factor.reciprocal().masked_fill(constant, 0);
}

Tensor Standardizer::within(const Tensor& x) const {
  return at::minimum(at::maximum(x, low), high);
}

}  // namespace refract
