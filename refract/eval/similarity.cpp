#include "refract/eval/similarity.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/ones.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "refract/core/errors.h"

namespace refract {
namespace {

constexpr double kHighest = 255;
constexpr double kLuminance = (0.01 * kHighest) * (0.01 * kHighest);  // C1
constexpr double kContrast = (0.03 * kHighest) * (0.03 * kHighest);   // C2
constexpr std::array<double, 5> kScaleWeights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

Tensor gaussian_window(int64_t side) {
  const double deviation = 1.5 * static_cast<double>(side) / 11;
  const Tensor places = at::arange(side, at::kDouble) - static_cast<double>(side - 1) / 2;
  const Tensor weights = (-places.square() / (2 * deviation * deviation)).exp();
  return weights / weights.sum();
}

// [N, C, H, W] to [N, C, H - s + 1, W - s + 1].
Tensor windowed(const Tensor& x, const Tensor& window) {
  const int64_t side = window.size(0);
  const Tensor maps = x.flatten(0, 1).unsqueeze(1);
  const Tensor along_rows = at::conv2d(maps, window.view({1, 1, 1, side}));
  const Tensor both = at::conv2d(along_rows, window.view({1, 1, side, 1}));
  return both.view({x.size(0), x.size(1), both.size(2), both.size(3)});
}

// Means over the places of the window, [N, C].
struct Likeness {
  Tensor structure;  // contrast times structure
  Tensor whole;      // and times luminance
};

Likeness likeness(const Tensor& a, const Tensor& b) {
  const Tensor window = gaussian_window(std::min({int64_t{11}, a.size(2), a.size(3)}));
  const Tensor mean_a = windowed(a, window), mean_b = windowed(b, window);
  const Tensor variances = windowed(a.square() + b.square(), window) - mean_a.square() - mean_b.square();
  const Tensor covariance = windowed(a * b, window) - mean_a * mean_b;
  const Tensor structure = (2 * covariance + kContrast) / (variances + kContrast);
  const Tensor luminance = (2 * mean_a * mean_b + kLuminance) / (mean_a.square() + mean_b.square() + kLuminance);
  return {structure.mean({2, 3}), (luminance * structure).mean({2, 3})};
}

void check_pictures(const char* what, const Tensor& a, const Tensor& b) {
  if (a.dim() == 4 && a.numel() > 0 && a.sizes() == b.sizes()) return;
  throw BadInput(fmt::format("Comparing pictures by {}: expected two of [N, C, H, W] each, found [{}] and [{}].", what,
                             fmt::join(a.sizes(), ", "), fmt::join(b.sizes(), ", ")));
}

Tensor halved(const Tensor& x) {
  return at::avg_pool2d(x, {2, 2}, {2, 2}, {0, 0}, /*ceil_mode=*/true, /*count_include_pad=*/false);
}

// [N] float64.
Tensor product_of_scales(Tensor a, Tensor b) {
  Tensor product = at::ones({a.size(0), a.size(1)}, at::kDouble);
  for (size_t scale = 0; scale < kScaleWeights.size(); ++scale) {
    const bool last = scale + 1 == kScaleWeights.size();
    const Likeness alike = likeness(a, b);
    product = product * (last ? alike.whole : alike.structure).clamp_min(0).pow(kScaleWeights[scale]);
    a = halved(a);
    b = halved(b);
  }
  return product.mean(1);
}

}  // namespace

Tensor ssim(const Tensor& a, const Tensor& b) {
  check_pictures("SSIM", a, b);
  return likeness(a.to(at::kDouble), b.to(at::kDouble)).whole.mean(1);
}

Tensor ms_ssim(const Tensor& a, const Tensor& b) {
  check_pictures("MS-SSIM", a, b);
  return product_of_scales(a.to(at::kDouble), b.to(at::kDouble));
}

Tensor gray_levels(const Tensor& pixels) {
  return (pixels.clamp(-1, 1) + 1) * (kHighest / 2);
}

}  // namespace refract
