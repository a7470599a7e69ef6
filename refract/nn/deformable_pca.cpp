#include "refract/nn/deformable_pca.h"

#include <ATen/ops/affine_grid_generator.h>
#include <ATen/ops/full.h>
#include <ATen/ops/grid_sampler.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <fmt/format.h>

#include <array>

#include "refract/core/errors.h"

namespace refract {
namespace {

constexpr double kGain = 0.5;
constexpr double kBasisStart = 0.01;
constexpr int64_t kBilinear = 0;
constexpr int64_t kZeros = 0;

}  // namespace

DeformablePca::DeformablePca(const Space& space, int64_t deformations, int64_t contents)
    : space_(space), deformations_(deformations) {
  if (!space.is_picture())
    throw BadInput(
        fmt::format("Building a deformable PCA: it rotates, scales and shifts pictures, but the examples are {}. "
                    "Choose a method that takes rows (`refract list methods`).",
                    text_of(space)));
  const int64_t pixels = space.numel();
  if (deformations > 0) gains_ = register_parameter("gains", at::full({deformations}, kGain));
  basis_ = register_parameter("basis", at::randn({contents, pixels}) * kBasisStart);
  mean_ = register_parameter("mean", at::zeros({pixels}));
}

Tensor DeformablePca::forward(const Tensor& codes) const {
  const Tensor sums = mean_ + codes.slice(1, deformations_).mm(basis_);
  const Tensor images = sums.view(space_.batch(-1));
  return deformations_ == 0 ? images : placed(images, gains_ * codes.slice(1, 0, deformations_));
}

// A grid says where each pixel of the result comes from: the inverse of rotation, scale and shift.
Tensor DeformablePca::placed(const Tensor& images, const Tensor& deformations) const {
  const Tensor none = at::zeros_like(deformations.select(1, 0));
  std::array<Tensor, kDeformations> by;
  for (int64_t i = 0; i < kDeformations; ++i) by.at(i) = i < deformations_ ? deformations.select(1, i) : none;
  const auto& [angle, log_scale, right, down] = by;
  const Tensor cos = (-log_scale).exp() * angle.cos();
  const Tensor sin = (-log_scale).exp() * angle.sin();
  const Tensor across = at::stack({cos, sin, -(cos * right + sin * down)}, 1);
  const Tensor along = at::stack({-sin, cos, sin * right - cos * down}, 1);
  const Tensor grid = at::affine_grid_generator(at::stack({across, along}, 1), images.sizes(), false);
  return at::grid_sampler(images, grid, kBilinear, kZeros, false);
}

Tensor DeformablePca::overlap() const {
  const Tensor products = basis_.mm(basis_.t()).square();
  return products.sum() - products.diag().sum();
}

}  // namespace refract
