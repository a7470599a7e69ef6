#include "refract/kernels/conv_block.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "refract/kernels/leaky_norm.h"
#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/slice_convolution.h"
#include "refract/kernels/thin_convolution.h"
#include "refract/kernels/threads.h"

namespace refract {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kGroups = 8;                // of images: each sums a weight gradient of its own
constexpr int64_t kSliceFloats = 128 * 1024;  // of a slice's images, before and after: half of a usual L2 cache

struct Block {
  int64_t images, in, out, height, width;  // of x
  Resample resample;
  std::optional<float> slope;  // none: the convolution alone

  Block(const Tensor& x, const Tensor& weight, Resample resample_, std::optional<float> slope_)
      : images(x.size(0)),
        in(x.size(1)),
        out(weight.size(0)),
        height(x.size(2)),
        width(x.size(3)),
        resample(resample_),
        slope(slope_) {}

  [[nodiscard]] bool up() const { return resample == Resample::up; }
  [[nodiscard]] int64_t scale() const { return up() ? 2 : 1; }
  [[nodiscard]] int64_t full_height() const { return scale() * height; }  // after the convolution
  [[nodiscard]] int64_t full_width() const { return scale() * width; }
  [[nodiscard]] int64_t x_size() const { return in * height * width; }  // floats of an image
  [[nodiscard]] int64_t full_size() const { return out * full_pixels(); }
  [[nodiscard]] int64_t full_pixels() const { return full_height() * full_width(); }
  [[nodiscard]] int64_t y_size() const { return resample == Resample::down ? full_size() / 4 : full_size(); }
  // What oneDNN computes: corners (see pixel_rows.h) if x is up-sampled.
  [[nodiscard]] int64_t raw_size() const { return up() ? 4 * out * (height + 1) * (width + 1) : full_size(); }

  [[nodiscard]] int64_t slice() const {
    const int64_t most = std::max<int64_t>(1, std::min(kSliceFloats / (x_size() + raw_size()), images / kGroups));
    int64_t slice = most;
    while (images % slice != 0) --slice;  // all slices alike: one size of everything
    return slice;
  }
  [[nodiscard]] std::shared_ptr<const SliceConvolution> convolution() const {
    return SliceConvolution::of({slice(), in, up() ? 4 * out : out, height, width, up() ? 2 : 3});
  }
  [[nodiscard]] Activation activation() const { return {out, slope.value_or(0)}; }
  [[nodiscard]] bool thin_out() const { return !slope && !up() && ThinConvolution::handles(in, out); }
  [[nodiscard]] bool thin_in() const { return !up() && ThinConvolution::handles(out, in); }
};

// Which taps of a 3 x 3 kernel fall onto which of the 2 x 2 pixels around a corner, [9, 4 entries * 4 taps]. In one
// dimension, entry 0 sees its small pixel through taps 1 and 2 and the one before through tap 0; entry 1 sees the one
// after through tap 2 and its own through taps 0 and 1.
Tensor corner_taps() {
  constexpr std::array<std::array<int, 3>, 2> tap_of = {{{0, 1, 1}, {0, 0, 1}}};
  const Tensor taps = at::zeros({9, 2, 2, 2, 2});
  auto at_index = taps.accessor<float, 5>();
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) at_index[3 * i + j][a][b][tap_of.at(a).at(i)][tap_of.at(b).at(j)] = 1;
  return taps.view({9, 16});
}

// [out, in, 3, 3] to [4 out, in, 2, 2] and the gradient back.
Tensor corner_weight(const Tensor& weight) {
  const int64_t out = weight.size(0);
  const int64_t in = weight.size(1);
  const Tensor all = weight.reshape({out * in, 9}).matmul(corner_taps());
  return all.view({out, in, 4, 4}).permute({2, 0, 1, 3}).reshape({4 * out, in, 2, 2}).contiguous();
}

Tensor corner_weight_gradient(const Tensor& gradient) {
  const int64_t out = gradient.size(0) / 4;
  const int64_t in = gradient.size(1);
  const Tensor all = gradient.view({4, out, in, 4}).permute({1, 2, 0, 3}).reshape({out * in, 16});
  return all.matmul(corner_taps().t()).view({out, in, 3, 3});
}

// Weights of a thin convolution: [thin, channels, 3, 3] to [channels / 16, 3, 3, thin, 16] and back.
Tensor thin_weight(const Tensor& weight) {
  return weight.reshape({weight.size(0), weight.size(1) / 16, 16, 3, 3}).permute({1, 3, 4, 0, 2}).contiguous();
}

Tensor thin_weight_gradient(const Tensor& gradient, int64_t channels, int64_t thin) {
  return gradient.view({channels / 16, 3, 3, thin, 16}).permute({3, 0, 4, 1, 2}).reshape({thin, channels, 3, 3});
}

Tensor images_like(const Tensor& x, int64_t channels, int64_t height, int64_t width) {
  return at::empty({x.size(0), channels, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
}

// Buffers of one thread, kept for its life.
float* buffer(size_t which, int64_t floats) {
  thread_local std::array<std::vector<float>, 3> of_thread;
  std::vector<float>& found = of_thread.at(which);
  if (static_cast<int64_t>(found.size()) < floats) found.resize(static_cast<size_t>(floats));
  return found.data();
}

// What an image of a slice goes through after the convolution.
void finish(const Block& block, const float* raw, float* full, float* scale, float* y) {
  const Activation activation = block.activation();
  if (block.up())
    activation.forward_corners(raw, full, scale, block.height, block.width);
  else
    activation.forward(raw, full, scale, block.full_pixels());
  if (block.resample == Resample::down) average_pool(full, y, block.height, block.width, block.out);
}

void unfinish(const Block& block, const float* full, const float* scale, const float* gy, float* raw) {
  const Activation activation = block.activation();
  switch (block.resample) {
    case Resample::up:
      return activation.backward_corners(full, scale, gy, raw, block.height, block.width);
    case Resample::down:
      return activation.backward_pooled(full, scale, gy, raw, block.height, block.width);
    case Resample::none:
      return activation.backward(full, scale, gy, raw, block.full_pixels());
  }
}

// Groups of slices, walked through by one thread each: work(group, first image).
template <class Work>
void for_each_slice(const Block& block, const Work& work) {
  const int64_t slice = block.slice();
  const int64_t slices = block.images / slice;
  const int64_t groups = std::min(slices, kGroups);
  for_each_task(groups, [&](int64_t group) {
    for (int64_t s = slices * group / groups; s < slices * (group + 1) / groups; ++s) work(group, s * slice);
  });
}

struct Activated {
  Tensor y, full, scale;  // full: before pooling, or y itself
};

Activated forward(const Block& block, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  Activated result;
  result.full = images_like(x, block.out, block.full_height(), block.full_width());
  result.scale = block.slope ? at::empty({block.images * block.full_pixels()}, x.options()) : Tensor();
  result.y = block.resample == Resample::down ? images_like(x, block.out, block.height / 2, block.width / 2)
                                              : result.full;
  const auto* in = x.data_ptr<float>();
  auto* full = result.full.data_ptr<float>();
  auto* y = result.y.data_ptr<float>();
  if (block.thin_out()) {
    const ThinConvolution thin{block.in, block.out, block.height, block.width};
    const Tensor packed = thin_weight(weight);
    const auto* w = packed.data_ptr<float>();
    const auto* b = bias.data_ptr<float>();
    for_each_task(block.images, [&](int64_t image) {
      thin.forward(in + image * block.x_size(), w, b, y + image * block.y_size(), buffer(0, thin.scratch_size()));
    });
    return result;
  }
  const auto convolution = block.convolution();
  const Tensor packed = convolution->pack_forward(block.up() ? corner_weight(weight) : weight.contiguous());
  const Tensor all_bias = block.up() ? bias.repeat({4}) : bias;
  const auto* w = packed.data_ptr<float>();
  const auto* b = all_bias.data_ptr<float>();
  auto* scale = block.slope ? result.scale.data_ptr<float>() : nullptr;
  for_each_slice(block, [&](int64_t, int64_t first) {
    float* raw = block.slope ? buffer(0, block.slice() * block.raw_size()) : full + first * block.full_size();
    convolution->forward(in + first * block.x_size(), w, b, raw);
    if (block.slope)
      for (int64_t k = 0, image = first; k < block.slice(); ++k, ++image)
        finish(block, raw + k * block.raw_size(), full + image * block.full_size(),
               scale + image * block.full_pixels(), y + image * block.y_size());
  });
  return result;
}

// The gradients of weight and bias, one after the other, summed over the images of each group.
class GroupSums {
 public:
  GroupSums(int64_t groups, int64_t size, const at::TensorOptions& options)
      : size_(size), sums_(at::zeros({groups, size}, options)) {}
  [[nodiscard]] float* of(int64_t group) const { return sums_.data_ptr<float>() + group * size_; }
  void add(int64_t group, const float* __restrict values) const {
    float* __restrict sum = of(group);
#pragma omp simd
    for (int64_t i = 0; i < size_; ++i) sum[i] += values[i];
  }
  [[nodiscard]] Tensor total(int64_t from, int64_t to) const { return sums_.slice(1, from, to).sum(0); }

 private:
  int64_t size_;
  Tensor sums_;
};

struct Gradients {
  Tensor x, weight, bias;
};

// What backward takes from forward.
struct Saved {
  Tensor x, weight, full, scale;
};

Gradients backward(const Block& block, const Saved& saved, const Tensor& gy, bool needs_x, bool needs_weight) {
  const auto convolution = block.convolution();
  const bool thin_x = needs_x && block.thin_in();
  const bool thin_weight_too = needs_weight && block.thin_out();
  const int64_t outputs = block.up() ? 4 * block.out : block.out;

  Gradients result;
  Tensor packed;
  if (thin_x)
    packed = thin_weight(saved.weight.flip({2, 3}).transpose(0, 1));
  else if (needs_x)
    packed = convolution->pack_backward(block.up() ? corner_weight(saved.weight) : saved.weight.contiguous());
  if (needs_x) result.x = at::empty_like(saved.x);
  const int64_t weights = thin_weight_too ? 9 * block.in * block.out : convolution->gradient_size();
  const GroupSums sums(needs_weight ? kGroups : 0, weights + outputs, saved.x.options());

  const auto* x = saved.x.data_ptr<float>();
  const auto* g = gy.data_ptr<float>();
  const auto* full = block.slope ? saved.full.data_ptr<float>() : nullptr;
  const auto* scale = block.slope ? saved.scale.data_ptr<float>() : nullptr;
  const auto* w = needs_x ? packed.data_ptr<float>() : nullptr;
  auto* gx = needs_x ? result.x.data_ptr<float>() : nullptr;
  const ThinConvolution to_x{block.out, block.in, block.height, block.width};
  const ThinConvolution from_x{block.in, block.out, block.height, block.width};

  for_each_slice(block, [&](int64_t group, int64_t first) {
    const int64_t end = first + block.slice();
    const float* raw = g + first * block.y_size();
    if (block.slope) {
      float* unfinished = buffer(0, block.slice() * block.raw_size());
      for (int64_t image = first; image < end; ++image)
        unfinish(block, full + image * block.full_size(), scale + image * block.full_pixels(),
                 g + image * block.y_size(), unfinished + (image - first) * block.raw_size());
      raw = unfinished;
    }
    if (thin_weight_too) {
      for (int64_t image = first; image < end; ++image)
        from_x.backward_weight(x + image * block.x_size(), raw + (image - first) * block.raw_size(), sums.of(group),
                               sums.of(group) + weights, buffer(2, from_x.scratch_size()));
    } else if (needs_weight) {
      float* of_slice = buffer(1, weights + outputs);
      convolution->backward_weight(x + first * block.x_size(), raw, of_slice, of_slice + weights);
      sums.add(group, of_slice);
    }
    if (thin_x) {
      for (int64_t image = first; image < end; ++image)
        to_x.forward(raw + (image - first) * block.raw_size(), w, nullptr, gx + image * block.x_size(),
                     buffer(2, to_x.scratch_size()));
    } else if (needs_x) {
      convolution->backward_data(raw, w, gx + first * block.x_size());
    }
  });

  if (needs_weight) {
    const Tensor weight = sums.total(0, weights);
    const Tensor bias = sums.total(weights, weights + outputs);
    if (thin_weight_too)
      result.weight = thin_weight_gradient(weight, block.in, block.out);
    else
      result.weight = convolution->unpack_gradient(weight);
    if (block.up()) result.weight = corner_weight_gradient(result.weight);
    result.bias = block.up() ? bias.view({4, block.out}).sum(0) : bias;
  }
  return result;
}

class ConvBlock : public torch::autograd::Function<ConvBlock> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias,
                        std::optional<double> slope, Resample resample) {
    const Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const Block block(x, weight, resample, slope);
    const Activated result = refract::forward(block, x, weight, bias);
    context->save_for_backward({x, weight, slope ? result.full : Tensor(), result.scale});
    context->saved_data["slope"] = slope.value_or(0);
    context->saved_data["activated"] = slope.has_value();
    context->saved_data["resample"] = static_cast<int64_t>(resample);
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const bool activated = context->saved_data["activated"].toBool();
    const Block block(saved[0], saved[1], static_cast<Resample>(context->saved_data["resample"].toInt()),
                      activated ? std::optional(slope) : std::nullopt);
    const Gradients result = refract::backward(
        block, {saved[0], saved[1], saved[2], saved[3]}, gradients[0].contiguous(at::MemoryFormat::ChannelsLast),
        context->needs_input_grad(0), context->needs_input_grad(1) || context->needs_input_grad(2));
    return {result.x, result.weight, result.bias, Tensor(), Tensor()};
  }
};

// Whether the loops of this folder can do it, and do it fast.
bool handles(const Block& block, const Tensor& x, const Tensor& weight) {
  const bool plain = x.device().is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
  const bool even = block.resample != Resample::down || (block.height % 2 == 0 && block.width % 2 == 0);
  return plain && even && x.numel() > 0 && block.convolution() != nullptr;
}

}  // namespace

Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope, Resample resample) {
  if (!handles(Block(x, weight, resample, slope), x, weight))
    return conv_block_reference(x, weight, bias, slope, resample);
  return ConvBlock::apply(x, weight, bias, std::optional(slope), resample);
}

Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!handles(Block(x, weight, Resample::none, std::nullopt), x, weight)) return at::conv2d(x, weight, bias, 1, 1);
  return ConvBlock::apply(x, weight, bias, std::optional<double>(), Resample::none);
}

Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample) {
  const Tensor large = resample == Resample::up ? at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}) : x;
  const Tensor y = leaky_norm(at::conv2d(large, weight, bias, 1, 1), slope);
  return resample == Resample::down ? at::avg_pool2d(y, 2) : y;
}

}  // namespace refract
