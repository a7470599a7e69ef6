#include "refract/kernels/winograd_convolution.h"

#include <ATen/ops/empty.h>

#include "refract/kernels/winograd_loops.h"
#include "refract/kernels/winograd_weights.h"

namespace refract {
namespace {

using winograd::Job;
using winograd::Pass;

class Winograd : public SliceConvolution {
 public:
  explicit Winograd(const ConvolutionShape& shape)
      : shape_(shape),
        filters_{shape.in, shape.out,
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
    const Tensor gradient = at::empty({shape_.out, shape_.in, 3, 3}, sums.options());
    winograd::unpack_gradient(filters_, sums.data_ptr<float>(), sums.size(0), sums.stride(0),
                              gradient.data_ptr<float>());
    return gradient;
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
    Job job = weigh(images, x, gy, packed, bias);
    job.add = add;
    run(job);
  }
  [[nodiscard]] int64_t weight_parts() const override { return shape_.out / part_size(); }
  void backward_weight_part(int64_t part, int64_t images, const float* x, const float* gy, float* packed,
                            float* bias) const override {
    Job job = weigh(images, x, gy, packed, bias);
    job.first_out = part * part_size();
    job.outs = part_size();
    run(job);
  }

 private:
  [[nodiscard]] int64_t part_size() const { return winograd::panel_width(shape_.out); }

  [[nodiscard]] Job weigh(int64_t images, const float* x, const float* gy, float* packed, float* bias) const {
    Job job = start(Pass::backward_weight, images, packed);
    job.x = x;
    job.gy = gy;
    job.bias_gradient = bias;
    return job;
  }

  [[nodiscard]] Job start(Pass pass, int64_t images, float* result) const {
    Job job{};
    job.pass = pass;
    job.up = filters_.kind == winograd::Kind::up_sampled;
    job.images = images;
    job.in = shape_.in;
    job.out = shape_.out;
    job.height = shape_.height;
    job.width = shape_.width;
    job.result = result;
    job.outs = shape_.out;
    return job;
  }

  ConvolutionShape shape_;
  winograd::Filters filters_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> winograd_convolution(const ConvolutionShape& shape) {
  if (shape.in % 16 != 0 || shape.out % 16 != 0) return nullptr;
  return std::make_unique<Winograd>(shape);
}

}  // namespace refract
