#include "refract/kernels/block_pass.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <array>
#include <vector>

#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/thin_convolution.h"
#include "refract/kernels/threads.h"
#include "refract/kernels/weight_order.h"

namespace refract {
namespace {

constexpr int64_t kGroups = 8;             // of images: each sums a weight gradient of its own
constexpr int64_t kSliceFloats = 131'072;  // of a slice before and after: half of a usual second-level cache

// Buffers of one thread, kept for its life.
enum class Use { raw, gradient, padded };
float* buffer(Use use, int64_t floats) {
  thread_local std::array<std::vector<float>, 3> of_thread;
  std::vector<float>& found = of_thread.at(static_cast<size_t>(use));
  if (static_cast<int64_t>(found.size()) < floats) found.resize(static_cast<size_t>(floats));
  return found.data();
}

Tensor images_like(const Tensor& x, int64_t channels, int64_t height, int64_t width) {
  return at::empty({x.size(0), channels, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
}

struct Slice {
  int64_t group;  // one thread walks through all slices of a group
  int64_t first;  // image
  bool begins;    // the group
};

int64_t group_count(const BlockShape& block) {
  return std::min(block.images / block.slice, kGroups);
}

// Calls work(slice) for each.
template <class Work>
void for_each_slice(const BlockShape& block, const Work& work) {
  const int64_t slices = block.images / block.slice;
  const int64_t groups = group_count(block);
  for_each_task(groups, [&](int64_t group) {
    const int64_t begin = slices * group / groups;
    for (int64_t s = begin; s < slices * (group + 1) / groups; ++s) work(Slice{group, s * block.slice, s == begin});
  });
}

bool thin_out(const BlockShape& block) {
  return !block.slope && !block.up() && ThinConvolution::handles(block.in, block.out);
}

bool thin_in(const BlockShape& block) {
  return !block.up() && ThinConvolution::handles(block.out, block.in);
}

ThinConvolution to_few(const BlockShape& block) {
  return {block.in, block.out, block.height, block.width};
}

ThinConvolution from_few(const BlockShape& block) {
  return {block.out, block.in, block.height, block.width};
}

// What an image goes through after the convolution.
void finish(const BlockShape& block, const float* raw, float* full, float* scale, float* y) {
  const Activation activation{block.out, *block.slope};
  if (block.up())
    activation.forward_corners(raw, full, scale, block.height, block.width);
  else
    activation.forward(raw, full, scale, block.full_pixels());
  if (block.down()) average_pool(full, y, block.height, block.width, block.out);
}

void finish_backward(const BlockShape& block, const float* full, const float* scale, const float* gy, float* raw) {
  const Activation activation{block.out, *block.slope};
  switch (block.resample) {
    case Resample::up:
      return activation.backward_corners(full, scale, gy, raw, block.height, block.width);
    case Resample::down:
      return activation.backward_pooled(full, scale, gy, raw, block.height, block.width);
    case Resample::none:
      return activation.backward(full, scale, gy, raw, block.full_pixels());
  }
}

void forward_thin(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias, float* y) {
  const ThinConvolution thin = to_few(block);
  const Tensor packed = thin_weight(weight);
  const auto* w = packed.data_ptr<float>();
  const auto* b = bias.data_ptr<float>();
  const auto* in = x.data_ptr<float>();
  for_each_task(block.images, [&](int64_t image) {
    thin.forward(in + image * block.x_size(), w, b, y + image * block.y_size(),
                 buffer(Use::padded, thin.scratch_size()));
  });
}

void forward_slices(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias,
                    const BlockOutput& to) {
  const auto convolution = block.convolution();
  const Tensor packed = convolution->pack_forward(block.up() ? corner_weight(weight) : weight.contiguous());
  const Tensor raw_bias = block.up() ? bias.repeat({4}) : bias;
  const auto* w = packed.data_ptr<float>();
  const auto* b = raw_bias.data_ptr<float>();
  const auto* in = x.data_ptr<float>();
  auto* full = to.full.data_ptr<float>();
  auto* y = to.y.data_ptr<float>();
  auto* scale = block.slope ? to.scale.data_ptr<float>() : nullptr;
  for_each_slice(block, [&](const Slice& slice) {
    const int64_t first = slice.first;
    float* raw = block.slope ? buffer(Use::raw, block.slice * block.raw_size()) : full + first * block.full_size();
    convolution->forward(in + first * block.x_size(), w, b, raw);
    if (!block.slope) return;
    for (int64_t image = first; image < first + block.slice; ++image)
      finish(block, raw + (image - first) * block.raw_size(), full + image * block.full_size(),
             scale + image * block.full_pixels(), y + image * block.y_size());
  });
}

void add(const float* __restrict values, float* __restrict sum, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) sum[i] += values[i];
}

// The gradients of weight and bias, one after the other, summed over the images of each group.
class GroupSums {
 public:
  GroupSums(int64_t groups, int64_t weights, int64_t outputs, const at::TensorOptions& options)
      : weights_(weights), size_(weights + outputs), sums_(at::empty({groups, size_}, options)) {}

  void clear(int64_t group) const { std::fill_n(weight(group), size_, 0.0F); }
  [[nodiscard]] float* weight(int64_t group) const { return sums_.data_ptr<float>() + group * size_; }
  [[nodiscard]] float* bias(int64_t group) const { return weight(group) + weights_; }
  [[nodiscard]] Tensor total_weight() const { return sums_.slice(1, 0, weights_).sum(0); }
  [[nodiscard]] Tensor total_bias() const { return sums_.slice(1, weights_).sum(0); }
  [[nodiscard]] int64_t weights() const { return weights_; }
  [[nodiscard]] int64_t size() const { return size_; }

 private:
  int64_t weights_, size_;
  Tensor sums_;
};

// From `raw`, the gradient of what the convolution computed for a slice, to that of x.
class BackwardData {
 public:
  BackwardData(const BlockShape& block, const BlockSaved& saved)
      : block_(block),
        convolution_(block.convolution()),
        weight_(packed(block, *convolution_, saved.weight)),
        gx_(at::empty_like(saved.x)) {}

  void slice(const float* raw, int64_t first) const {
    const auto* w = weight_.data_ptr<float>();
    auto* gx = gx_.data_ptr<float>() + first * block_.x_size();
    if (!thin_in(block_)) return convolution_->backward_data(raw, w, gx);
    const ThinConvolution thin = from_few(block_);
    for (int64_t k = 0; k < block_.slice; ++k)
      thin.forward(raw + k * block_.raw_size(), w, nullptr, gx + k * block_.x_size(),
                   buffer(Use::padded, thin.scratch_size()));
  }
  [[nodiscard]] Tensor result() const { return gx_; }

 private:
  static Tensor packed(const BlockShape& block, const SliceConvolution& convolution, const Tensor& weight) {
    if (thin_in(block)) return thin_weight(weight.flip({2, 3}).transpose(0, 1));
    return convolution.pack_backward(block.up() ? corner_weight(weight) : weight.contiguous());
  }

  const BlockShape& block_;
  std::shared_ptr<const SliceConvolution> convolution_;
  Tensor weight_, gx_;
};

// From `raw`, and x, to the gradients of weight and bias.
class BackwardWeight {
 public:
  BackwardWeight(const BlockShape& block, const BlockSaved& saved)
      : block_(block),
        convolution_(block.convolution()),
        x_(saved.x),
        sums_(group_count(block), thin_out(block) ? saved.weight.numel() : convolution_->gradient_size(),
              block.raw_channels(), saved.x.options()) {}

  void slice(const float* raw, const Slice& of) const {
    const auto* x = x_.data_ptr<float>() + of.first * block_.x_size();
    if (thin_out(block_)) return thin_slice(x, raw, of);
    if (of.begins) return convolution_->backward_weight(x, raw, sums_.weight(of.group), sums_.bias(of.group));
    float* more = buffer(Use::gradient, sums_.size());
    convolution_->backward_weight(x, raw, more, more + sums_.weights());
    add(more, sums_.weight(of.group), sums_.size());
  }

  [[nodiscard]] Tensor weight() const {
    const Tensor total = sums_.total_weight();
    if (thin_out(block_)) return thin_weight_gradient(total, block_.in, block_.out);
    const Tensor plain = convolution_->unpack_gradient(total);
    return block_.up() ? corner_weight_gradient(plain) : plain;
  }
  [[nodiscard]] Tensor bias() const {
    const Tensor total = sums_.total_bias();
    return block_.up() ? total.view({4, block_.out}).sum(0) : total;
  }

 private:
  void thin_slice(const float* x, const float* raw, const Slice& of) const {
    if (of.begins) sums_.clear(of.group);
    const ThinConvolution thin = to_few(block_);
    for (int64_t k = 0; k < block_.slice; ++k)
      thin.backward_weight(x + k * block_.x_size(), raw + k * block_.raw_size(), sums_.weight(of.group),
                           sums_.bias(of.group), buffer(Use::padded, thin.scratch_size()));
  }

  const BlockShape& block_;
  std::shared_ptr<const SliceConvolution> convolution_;
  Tensor x_;
  GroupSums sums_;
};

// The gradient of what the convolution computed for a slice.
const float* raw_gradient(const BlockShape& block, const BlockSaved& saved, const Tensor& gy, int64_t first) {
  const float* g = gy.data_ptr<float>() + first * block.y_size();
  if (!block.slope) return g;
  const auto* full = saved.full.data_ptr<float>() + first * block.full_size();
  const auto* scale = saved.scale.data_ptr<float>() + first * block.full_pixels();
  float* raw = buffer(Use::raw, block.slice * block.raw_size());
  for (int64_t k = 0; k < block.slice; ++k)
    finish_backward(block, full + k * block.full_size(), scale + k * block.full_pixels(), g + k * block.y_size(),
                    raw + k * block.raw_size());
  return raw;
}

}  // namespace

BlockShape::BlockShape(const Tensor& x, const Tensor& weight, Resample resample_, std::optional<float> slope_)
    : images(x.size(0)),
      in(x.size(1)),
      out(weight.size(0)),
      height(x.size(2)),
      width(x.size(3)),
      resample(resample_),
      slope(slope_),
      slice(std::max<int64_t>(1,
                              std::min(kSliceFloats / std::max<int64_t>(1, x_size() + raw_size()), images / kGroups))) {
  while (images % slice != 0) --slice;  // all alike, so that oneDNN prepares for one size only
}

std::shared_ptr<const SliceConvolution> BlockShape::convolution() const {
  return SliceConvolution::of({slice, in, raw_channels(), height, width, up() ? 2 : 3});
}

BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  BlockOutput to;
  to.full = images_like(x, block.out, block.full_height(), block.full_width());
  to.y = block.down() ? images_like(x, block.out, block.height / 2, block.width / 2) : to.full;
  if (block.slope) to.scale = at::empty({block.images * block.full_pixels()}, x.options());
  if (thin_out(block))
    forward_thin(block, x, weight, bias, to.y.data_ptr<float>());
  else
    forward_slices(block, x, weight, bias, to);
  return to;
}

BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy, bool needs_x,
                              bool needs_weight) {
  const auto data = needs_x ? std::make_unique<BackwardData>(block, saved) : nullptr;
  const auto weight = needs_weight ? std::make_unique<BackwardWeight>(block, saved) : nullptr;
  for_each_slice(block, [&](const Slice& slice) {
    const float* raw = raw_gradient(block, saved, gy, slice.first);
    if (weight) weight->slice(raw, slice);
    if (data) data->slice(raw, slice.first);
  });
  BlockGradients result;
  if (data) result.x = data->result();
  if (weight) {
    result.weight = weight->weight();
    result.bias = weight->bias();
  }
  return result;
}

}  // namespace refract
