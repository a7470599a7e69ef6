#include "refract/kernels/winograd_convolution.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <array>

#include "refract/kernels/winograd_loops.h"
#include "refract/kernels/winograd_points.h"

namespace refract {
namespace {

using winograd::Job;
using winograd::panel_width;
using winograd::Pass;

// What takes the nine taps of a filter to the points, [points^2, 9].
template <size_t points>
Tensor both_ways(const std::array<winograd::Taps, points>& rows) {
  const Tensor result = at::empty({points, points, 3, 3});
  auto entry = result.accessor<float, 4>();
  for (size_t i = 0; i < points; ++i)
    for (size_t j = 0; j < points; ++j)
      for (size_t a = 0; a < 3; ++a)
        for (size_t b = 0; b < 3; ++b) entry[i][j][a][b] = rows.at(i).at(a) * rows.at(j).at(b);
  return result.view({points * points, 9});
}

const Tensor& forward_points(bool up) {
  static const Tensor each = both_ways(winograd::kWeightEach);
  static const Tensor up_sampled = both_ways(winograd::kWeightUpSampled);
  return up ? up_sampled : each;
}

// The gradient of x is a convolution with the filter turned around.
const Tensor& backward_points(bool up) {
  static const Tensor each = both_ways(winograd::kWeightEach).flip(1);
  static const Tensor summed = both_ways(winograd::kWeightSummed).flip(1);
  return up ? summed : each;
}

class Winograd : public SliceConvolution {
 public:
  explicit Winograd(const ConvolutionShape& shape) : shape_(shape) {}

  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override {
    const int64_t panel = panel_width(shape_.out);
    const Tensor panels = weight.reshape({shape_.out / panel, panel, shape_.in, 9}).permute({3, 0, 2, 1});
    return forward_points(shape_.up).mm(panels.reshape({9, -1}));
  }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override {
    const int64_t panel = panel_width(shape_.in);
    const Tensor panels = weight.reshape({shape_.out, shape_.in / panel, panel, 9}).permute({3, 1, 0, 2});
    return backward_points(shape_.up).mm(panels.reshape({9, -1}));
  }
  [[nodiscard]] int64_t gradient_size() const override {
    return forward_points(shape_.up).size(0) * shape_.in * shape_.out;
  }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& packed) const override {
    const Tensor& points = forward_points(shape_.up);
    const Tensor taps = points.t().mm(packed.view({points.size(0), -1})).view({9, shape_.in, shape_.out});
    return taps.permute({2, 1, 0}).reshape({shape_.out, shape_.in, 3, 3});
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    Job job = start(Pass::forward, images, y);
    job.x = x;
    job.weight = packed;
    job.bias = bias;
    run(job);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    Job job = start(Pass::backward_data, images, gx);
    job.gy = gy;
    job.weight = packed;
    run(job);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                       float* bias) const override {
    Job job = start(Pass::backward_weight, images, packed);
    job.x = x;
    job.gy = gy;
    job.bias_gradient = bias;
    job.add = add;
    run(job);
  }

 private:
  [[nodiscard]] Job start(Pass pass, int64_t images, float* result) const {
    Job job{};
    job.pass = pass;
    job.up = shape_.up;
    job.images = images;
    job.in = shape_.in;
    job.out = shape_.out;
    job.height = shape_.height;
    job.width = shape_.width;
    job.result = result;
    return job;
  }

  ConvolutionShape shape_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> winograd_convolution(const ConvolutionShape& shape) {
  if (shape.in % 16 != 0 || shape.out % 16 != 0) return nullptr;
  return std::make_unique<Winograd>(shape);
}

}  // namespace refract
