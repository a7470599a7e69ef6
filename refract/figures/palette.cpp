#include "refract/figures/palette.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <opencv2/core.hpp>

namespace refract {
namespace {

constexpr int64_t kBins = int64_t{1} << 18;
constexpr int64_t kColours = 256;

// [3, ...] uint8 -> [...] int64: the bin of each colour.
Tensor bins_of(const Tensor& frame) {
  const Tensor upper = frame.to(at::kLong).div(4, "floor");
  return (upper[0] * 64 + upper[1]) * 64 + upper[2];
}

// Labels [N] int64 below `count` for points [N, 3] float. The random generator of OpenCV is left as it was.
Tensor cluster(const Tensor& points, int64_t count) {
  Tensor labels = at::empty({points.size(0)}, at::kInt);
  const cv::Mat samples(static_cast<int>(points.size(0)), 3, CV_32F, points.data_ptr());
  cv::Mat found(static_cast<int>(points.size(0)), 1, CV_32S, labels.data_ptr());
  const cv::RNG before = cv::theRNG();
  cv::theRNG() = cv::RNG(1);
  cv::kmeans(samples, static_cast<int>(count), found, cv::TermCriteria(cv::TermCriteria::COUNT, 12, 0), 1,
             cv::KMEANS_PP_CENTERS);
  cv::theRNG() = before;
  return labels.to(at::kLong);
}

}  // namespace

Tensor Palette::operator()(const Tensor& frame) const {
  return index_of_bin.index_select(0, bins_of(frame).flatten()).view({frame.size(1), frame.size(2)});
}

Palette palette_of(const std::vector<Tensor>& frames) {
  Tensor counts = at::zeros({kBins}, at::kDouble);
  Tensor sums = at::zeros({kBins, 3}, at::kDouble);
  for (const Tensor& frame : frames) {
    const Tensor bins = bins_of(frame).flatten();
    counts += at::bincount(bins, {}, kBins);
    sums.index_add_(0, bins, frame.flatten(1).t().to(at::kDouble));
  }
  const Tensor used = counts.nonzero().squeeze(1);
  const Tensor weights = counts.index_select(0, used).unsqueeze(1);
  const Tensor totals = sums.index_select(0, used);

  const int64_t size = std::min(kColours, used.numel());
  const Tensor labels =
      used.numel() <= kColours ? at::arange(size) : cluster((totals / weights).to(at::kFloat).contiguous(), size);
  // The mean over pixels, not bins: the background keeps its exact colour.
  const Tensor means = at::zeros({size, 3}, at::kDouble).index_add_(0, labels, totals) /
                       at::zeros({size, 1}, at::kDouble).index_add_(0, labels, weights).clamp_min(1);
  const Tensor bytes = means.round().to(at::kByte).contiguous();

  Palette palette;
  for (int64_t i = 0; i < size; ++i) {
    const uint8_t* rgb = bytes.data_ptr<uint8_t>() + 3 * i;
    palette.colours.push_back({rgb[0], rgb[1], rgb[2]});
  }
  palette.index_of_bin = at::zeros({kBins}, at::kByte).index_copy_(0, used, labels.to(at::kByte));
  return palette;
}

}  // namespace refract
