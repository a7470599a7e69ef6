#include "refract/draw/palette.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>

namespace refract {
namespace {

constexpr size_t kBins = size_t{1} << 18;
constexpr size_t kColours = 256;

// The pixels whose colours agree in their upper bits. Sums of whole numbers: exact.
struct Bin {
  double count = 0;
  std::array<double, 3> sum{};

  void add(uint8_t red, uint8_t green, uint8_t blue) {
    ++count;
    sum[0] += red;
    sum[1] += green;
    sum[2] += blue;
  }
  void add(const Bin& other) {
    count += other.count;
    for (size_t channel = 0; channel < 3; ++channel) sum[channel] += other.sum[channel];
  }
  [[nodiscard]] double mean(size_t channel) const { return sum[channel] / std::max(count, 1.0); }
};

// Calls visit(pixel, red, green, blue) for each pixel of a frame [3, H, W] uint8.
template <typename Visit>
void for_each_pixel(const Tensor& frame, const Visit& visit) {
  const Tensor planes = frame.contiguous();
  const int64_t pixels = planes[0].numel();
  const auto* red = planes.data_ptr<uint8_t>();
  for (int64_t i = 0; i < pixels; ++i) visit(i, red[i], red[pixels + i], red[2 * pixels + i]);
}

size_t bin_of(uint8_t red, uint8_t green, uint8_t blue) {
  return ((size_t{red} >> 2U) << 12U) | ((size_t{green} >> 2U) << 6U) | (size_t{blue} >> 2U);
}

// For each bin the number, below `count`, of the colour that will stand for it. The random generator of OpenCV is left
// as it was.
std::vector<int> cluster(const std::vector<Bin>& bins, int count) {
  cv::Mat means(static_cast<int>(bins.size()), 3, CV_32F);
  for (size_t i = 0; i < bins.size(); ++i)
    for (size_t channel = 0; channel < 3; ++channel)
      means.at<float>(static_cast<int>(i), static_cast<int>(channel)) = static_cast<float>(bins[i].mean(channel));
  std::vector<int> labels;
  const cv::RNG before = cv::theRNG();
  cv::theRNG() = cv::RNG(1);
  cv::kmeans(means, count, labels, cv::TermCriteria(cv::TermCriteria::COUNT, 12, 0), 1, cv::KMEANS_PP_CENTERS);
  cv::theRNG() = before;
  return labels;
}

}  // namespace

Tensor Palette::operator()(const Tensor& frame) const {
  Tensor indices = at::empty({frame.size(1), frame.size(2)}, at::kByte);
  auto* index = indices.data_ptr<uint8_t>();
  for_each_pixel(frame, [&](int64_t i, uint8_t red, uint8_t green, uint8_t blue) {
    index[i] = index_of_bin[bin_of(red, green, blue)];
  });
  return indices;
}

Palette palette_of(const std::vector<Tensor>& frames) {
  std::vector<Bin> all(kBins);
  for (const Tensor& frame : frames)
    for_each_pixel(frame, [&](int64_t, uint8_t red, uint8_t green, uint8_t blue) {
      all[bin_of(red, green, blue)].add(red, green, blue);
    });
  std::vector<size_t> used;
  std::vector<Bin> bins;
  for (size_t i = 0; i < kBins; ++i)
    if (all[i].count > 0) {
      used.push_back(i);
      bins.push_back(all[i]);
    }

  std::vector<int> labels(bins.size());
  std::iota(labels.begin(), labels.end(), 0);
  if (bins.size() > kColours) labels = cluster(bins, static_cast<int>(kColours));

  // The mean over pixels, not bins: the background keeps its exact colour.
  std::vector<Bin> joined(std::min(kColours, bins.size()));
  Palette palette;
  palette.index_of_bin.resize(kBins);
  for (size_t i = 0; i < bins.size(); ++i) {
    joined[static_cast<size_t>(labels[i])].add(bins[i]);
    palette.index_of_bin[used[i]] = static_cast<uint8_t>(labels[i]);
  }
  for (const Bin& bin : joined) {
    const auto byte = [&](size_t channel) { return static_cast<uint8_t>(std::nearbyint(bin.mean(channel))); };
    palette.colours.push_back({byte(0), byte(1), byte(2)});
  }
  return palette;
}

}  // namespace refract
