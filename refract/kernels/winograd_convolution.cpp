#include "refract/kernels/winograd_convolution.h"

#include <ATen/ops/empty.h>

#include "refract/kernels/loops/winograd_loops.h"
#include "refract/kernels/loops/winograd_weights.h"

namespace refract {
namespace {

using winograd::Job;
using winograd::Pass;

class Winograd : public SliceConvolution {
 public:
  explicit Winograd(const ConvolutionShape& shape)
      : shape_(shape),
        filters_{shape.in_channels, shape.out_channels,
                 shape.filter == Filter::up_sampled ? winograd::Kind::up_sampled : winograd::Kind::same} {}

  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override {
    const Tensor packed = at::empty({filters_.size()}, weight.options());
    winograd::pack_forward(filters_, weight.contiguous().data_ptr<float>(), packed.data_ptr<float>());
    return packed;
  }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override {
    const Tensor packed = at::empty({filters_.size()}, weight.options());
    winograd::pack_backward(filters_, weight.contiguous().data_ptr<float>(), packed.data_ptr<float>());
    return packed;
  }
  [[nodiscard]] int64_t gradient_size() const override { return filters_.size(); }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& sums) const override {
    const Tensor gradient = at::empty({shape_.out_channels, shape_.in_channels, 3, 3}, sums.options());
    winograd::unpack_gradient(filters_, sums.data_ptr<float>(), sums.size(0), sums.stride(0),
                              gradient.data_ptr<float>());
    return gradient;
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    Job job = make_job(Pass::forward, images, y);
    job.x = x;
    job.weight = packed;
    job.bias = bias;
    run(job);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    Job job = make_job(Pass::backward_data, images, gx);
    job.gy = gy;
    job.weight = packed;
    run(job);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                       float* bias) const override {
    Job job = weight_job(images, x, gy, packed, bias);
    job.accumulate = accumulate;
    run(job);
  }
  [[nodiscard]] int64_t weight_parts() const override { return shape_.out_channels / part_size(); }
  void backward_weight_part(int64_t part, int64_t images, const float* x, const float* gy, float* packed,
                            float* bias) const override {
    Job job = weight_job(images, x, gy, packed, bias);
    job.first_out_channel = part * part_size();
    job.out_channel_count = part_size();
    run(job);
  }

 private:
  [[nodiscard]] int64_t part_size() const { return winograd::panel_width(shape_.out_channels); }

  [[nodiscard]] Job weight_job(int64_t images, const float* x, const float* gy, float* packed, float* bias) const {
    Job job = make_job(Pass::backward_weight, images, packed);
    job.x = x;
    job.gy = gy;
    job.bias_gradient = bias;
    return job;
  }

  [[nodiscard]] Job make_job(Pass pass, int64_t images, float* result) const {
    Job job{};
    job.pass = pass;
    job.up_sampled = filters_.kind == winograd::Kind::up_sampled;
    job.images = images;
    job.in_channels = shape_.in_channels;
    job.out_channels = shape_.out_channels;
    job.height = shape_.height;
    job.width = shape_.width;
    job.result = result;
    job.out_channel_count = shape_.out_channels;
    return job;
  }

  ConvolutionShape shape_;
  winograd::Filters filters_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> winograd_convolution(const ConvolutionShape& shape) {
  if (shape.in_channels % 16 != 0 || shape.out_channels % 16 != 0) return nullptr;
  return std::make_unique<Winograd>(shape);
}

}  // namespace refract
