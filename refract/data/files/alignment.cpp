#include "refract/data/files/alignment.h"

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "refract/core/errors.h"

namespace refract {
namespace {

Shape centred(Shape shape) {
  const std::complex<double> centre =
      std::accumulate(shape.begin(), shape.end(), std::complex<double>()) / static_cast<double>(shape.size());
  for (auto& point : shape) point -= centre;
  return shape;
}

double norm(const Shape& shape) {
  double squares = 0;
  for (const auto& point : shape) squares += std::norm(point);
  return std::sqrt(squares);
}

Shape times(Shape shape, std::complex<double> factor) {
  for (auto& point : shape) point *= factor;
  return shape;
}

// The turn and scale that bring one centred shape nearest to another, as a complex factor.
std::complex<double> similarity(const Shape& from, const Shape& to) {
  std::complex<double> product;
  double squares = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    product += std::conj(from[i]) * to[i];
    squares += std::norm(from[i]);
  }
  return product / squares;
}

Shape mean_of(const std::vector<Shape>& shapes) {
  Shape sum(shapes.front().size());
  for (const Shape& shape : shapes)
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += shape[i];
  const double size = norm(sum);
  return size > 0 ? times(std::move(sum), 1 / size) : shapes.front();
}

double distance(const Shape& a, const Shape& b) {
  double squares = 0;
  for (size_t i = 0; i < a.size(); ++i) squares += std::norm(a[i] - b[i]);
  return std::sqrt(squares);
}

}  // namespace

Shape mean_shape(const std::vector<Shape>& shapes) {
  constexpr int most_rounds = 100;
  constexpr double still = 1e-10;
  std::vector<Shape> normed;
  for (const Shape& shape : shapes) {
    Shape middle = centred(shape);
    const double size = norm(middle);
    if (!(size > 0)) throw BadInput("Aligning images: all landmarks of an image are the same point.");
    normed.push_back(times(std::move(middle), 1 / size));
  }
  Shape mean = normed.front();
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<Shape> turned;
    turned.reserve(normed.size());
    for (const Shape& shape : normed) turned.push_back(times(shape, similarity(shape, mean)));
    Shape next = mean_of(turned);
    const double moved = distance(next, mean);
    mean = std::move(next);
    if (moved < still) break;
  }
  // The first shape's rotation is no better than another's.
  std::complex<double> turn;
  for (const Shape& shape : normed) turn += std::polar(1.0, std::arg(similarity(mean, shape)));
  return std::abs(turn) > 0 ? times(std::move(mean), turn / std::abs(turn)) : mean;
}

Shape placed(const Shape& shape, int64_t size, double margin) {
  const auto [left, right] =
      std::minmax_element(shape.begin(), shape.end(), [](const auto& a, const auto& b) { return a.real() < b.real(); });
  const auto [top, bottom] =
      std::minmax_element(shape.begin(), shape.end(), [](const auto& a, const auto& b) { return a.imag() < b.imag(); });
  const double extent = std::max(right->real() - left->real(), bottom->imag() - top->imag());
  const std::complex<double> middle((left->real() + right->real()) / 2, (top->imag() + bottom->imag()) / 2);
  const auto side = static_cast<double>(size);
  const double scale = side * (1 - 2 * margin) / extent;
  const double half = (side - 1) / 2;
  Shape result = shape;
  for (auto& point : result) point = (point - middle) * scale + std::complex<double>(half, half);
  return result;
}

std::complex<double> AffineMap::operator()(std::complex<double> point) const {
  return {xx * point.real() + xy * point.imag() + x0, yx * point.real() + yy * point.imag() + y0};
}

bool lie_on_a_line(const Shape& shape) {
  double xx = 0, xy = 0, yy = 0;
  for (const auto& point : centred(shape)) {
    xx += point.real() * point.real();
    xy += point.real() * point.imag();
    yy += point.imag() * point.imag();
  }
  return !(xx * yy - xy * xy > 1e-9 * (xx + yy) * (xx + yy));
}

AffineMap affine_map(const Shape& from, const Shape& to) {
  const auto count = static_cast<int>(from.size());
  cv::Mat left(count, 3, CV_64F), right(count, 2, CV_64F), solution, singular;
  for (int i = 0; i < count; ++i) {
    const auto& point = from[static_cast<size_t>(i)];
    const auto& target = to[static_cast<size_t>(i)];
    left.at<double>(i, 0) = point.real();
    left.at<double>(i, 1) = point.imag();
    left.at<double>(i, 2) = 1;
    right.at<double>(i, 0) = target.real();
    right.at<double>(i, 1) = target.imag();
  }
  if (lie_on_a_line(from))
    throw BadInput(
        "Aligning images: the landmarks of an image lie on a line, which does not determine an affine map. Mark more "
        "points.");
  cv::solve(left, right, solution, cv::DECOMP_SVD);
  const auto at = [&](int row, int column) { return solution.at<double>(row, column); };
  return {at(0, 0), at(1, 0), at(2, 0), at(0, 1), at(1, 1), at(2, 1)};
}

Tensor warp(const Tensor& image, const AffineMap& map, int64_t size) {
  const Tensor interleaved = image.permute({1, 2, 0}).contiguous();
  const cv::Mat source(static_cast<int>(image.size(1)), static_cast<int>(image.size(2)),
                       CV_8UC(static_cast<int>(image.size(0))), interleaved.data_ptr<uint8_t>());
  const double scale = std::sqrt(std::abs(map.xx * map.yy - map.xy * map.yx));
  cv::Mat smooth = source, result;
  if (scale < 1) {  // as wide as what one pixel of the result stands for
    const double sigma = 0.5 * std::sqrt(1 / (scale * scale) - 1);
    if (sigma > 0.1) cv::GaussianBlur(source, smooth, {}, sigma, sigma, cv::BORDER_REPLICATE);
  }
  const cv::Mat matrix = (cv::Mat_<double>(2, 3) << map.xx, map.xy, map.x0, map.yx, map.yy, map.y0);
  const auto side = static_cast<int>(size);
  cv::warpAffine(smooth, result, matrix, {side, side}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return at::from_blob(result.data, {size, size, image.size(0)}, at::kByte)
      .permute({2, 0, 1})
      .clone(at::MemoryFormat::Contiguous);
}

}  // namespace refract
