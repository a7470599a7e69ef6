#include "refract/kernels/block_pass.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "refract/kernels/loops/pixel_rows.h"
#include "refract/kernels/scratch.h"
#include "refract/kernels/threads.h"

namespace refract {
namespace {

constexpr int64_t kSliceFloats = 131'072;  // of a slice's x and z: half of a usual L2 cache

Tensor images_like(const Tensor& x, int64_t channels, int64_t height, int64_t width) {
  return at::empty({x.size(0), channels, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
}

struct Slice {
  int64_t first, images;
};

int64_t slice_count(const BlockShape& block) {
  return (block.images + block.slice - 1) / block.slice;
}

Slice slice_of(const BlockShape& block, int64_t index) {
  const int64_t first = index * block.slice;
  return {first, std::min(block.slice, block.images - first)};
}

// LeakyReLU, normalisation and pooling of one image. Two rows are pooled at a time, while they are in the cache. If the
// block recomputes, `unpooled` and `scale` are null.
void epilogue(const BlockShape& block, const float* z, float* unpooled, float* scale, float* y) {
  const Activation activation{block.out_channels(), block.kind.slope};
  if (!block.kind.pools()) return activation.forward(z, unpooled, scale, block.unpooled_pixels());
  const int64_t pixels = 2 * block.unpooled_width();
  const bool stored = !block.kind.recomputes;
  float* rows_of_y = stored ? unpooled : scratch(Scratch::left, pixels * (block.out_channels() + 1));
  float* rows_of_scale = stored ? scale : rows_of_y + pixels * block.out_channels();
  const int64_t row_advance = stored ? pixels : 0;
  for (int64_t i = 0; i < block.unpooled_height() / 2; ++i) {
    float* rows = rows_of_y + i * row_advance * block.out_channels();
    activation.forward(z + i * pixels * block.out_channels(), rows, rows_of_scale + i * row_advance, pixels);
    average_pool(rows, y + i * pixels / 4 * block.out_channels(), 2, block.unpooled_width(), block.out_channels());
  }
}

void epilogue_backward(const BlockShape& block, const float* unpooled, const float* scale, const float* gy, float* gz) {
  const Activation activation{block.out_channels(), block.kind.slope};
  if (block.kind.pools())
    activation.backward_pooled(unpooled, scale, gy, gz, block.unpooled_height(), block.unpooled_width());
  else
    activation.backward(unpooled, scale, gy, gz, block.unpooled_pixels());
}

// The gradients of weights and bias, summed over the images of each group.
struct GroupSums {
  GroupSums(int64_t groups, int64_t size, int64_t outputs, const at::TensorOptions& options)
      : weights(at::empty({groups, size}, options)), biases(at::empty({groups, outputs}, options)) {}

  Tensor weights, biases;  // [groups, .]

  [[nodiscard]] float* weight(int64_t group) const { return weights.data_ptr<float>() + group * weights.size(1); }
  [[nodiscard]] float* bias(int64_t group) const { return biases.data_ptr<float>() + group * biases.size(1); }
};

// Convolutions read images tile by tile. From memory that is several times slower than reading in order.
void prefetch(const float* from, int64_t floats) {
  constexpr int64_t line = 16;
  for (int64_t k = 0; k < floats; k += line) __builtin_prefetch(from + k);
}

// Many groups balance the load of the threads. But if a group has few pixels for its weights, summing the gradients of
// the groups takes longer than computing them: a 4x4 filter has 100 numbers at its points, a 3x3 filter at most 36.
int64_t group_count(const BlockShape& block) {
  const bool is_3x3 = block.kind.filter == Filter::same || block.kind.filter == Filter::up_sampled;
  const int64_t weights = block.convolution.in_channels * block.convolution.out_channels * (is_3x3 ? 1 : 3);
  const int64_t pixels = block.images * block.pixels_per_tap();
  constexpr int64_t fewest = 4;
  constexpr int64_t usual = 8;
  constexpr int64_t most = 32;
  constexpr int64_t least_pixels = 1024;
  const int64_t affordable = pixels / std::max(least_pixels, 2 * weights);
  return std::clamp(affordable, std::clamp(pixels / least_pixels, fewest, usual), most);
}

// Each slice passes once: gy to gz through the epilogue, then the gradients of the weights and of x. In parts, the
// gradients of the weights follow when gz of all slices is known.
class BackwardPass {
 public:
  BackwardPass(const BlockShape& block, const BlockSaved& saved, const Tensor& gy, const BlockNeeds& needs)
      : block_(block),
        saved_(saved),
        gy_(gy),
        needs_(needs),
        convolution_(SliceConvolution::of(block.convolution)),
        packed_(needs.x ? convolution_->pack_backward(saved.weight) : Tensor()),
        packed_forward_(block.kind.recomputes ? convolution_->pack_forward(saved.weight) : Tensor()),
        gx_(needs.x ? at::empty_like(saved.x) : Tensor()) {}

  [[nodiscard]] BlockGradients run() const {
    const bool parts = needs_.weight && prefers_parts();
    const int64_t groups = parts ? 1 : block_.groups;
    const GroupSums sums(needs_.weight ? groups : 0, convolution_->gradient_size(), block_.out_channels(),
                         saved_.x.options());
    if (parts)
      run_in_parts(sums);
    else
      run_in_groups(sums);
    if (!needs_.weight) return {gx_, Tensor(), Tensor()};
    return {gx_, convolution_->unpack_gradient(sums.weights), sums.biases.sum(0)};
  }

 private:
  // With more weights than pixels, summing the gradients of several groups would be most of the work.
  [[nodiscard]] bool prefers_parts() const {
    constexpr int64_t fewest = 4;  // so that four threads have something to do
    return convolution_->weight_parts() >= fewest &&
           block_.images * block_.pixels_per_tap() <
               2 * block_.convolution.in_channels * block_.convolution.out_channels;
  }

  void run_in_groups(const GroupSums& sums) const {
    const int64_t slices = slice_count(block_);
    for_each_task(block_.groups, [&](int64_t group) {
      const int64_t begin = slices * group / block_.groups;
      for (int64_t index = begin; index < slices * (group + 1) / block_.groups; ++index) {
        const Slice slice = slice_of(block_, index);
        const float* x = saved_.x.data_ptr<float>() + slice.first * block_.x_size();
        const float* gz = z_gradient(slice, scratch(Scratch::pre_activation, slice.images * block_.unpooled_size()));
        prefetch(x, slice.images * block_.x_size());
        if (needs_.weight)
          convolution_->backward_weight(slice.images, x, gz, index > begin, sums.weight(group), sums.bias(group));
        compute_gx(slice, gz);
      }
    });
  }

  void run_in_parts(const GroupSums& sums) const {
    const bool gz_is_gy = block_.kind.epilogue == Epilogue::none;  // without an epilogue y is z
    const Tensor gz_tensor = gz_is_gy ? gy_ : at::empty({block_.images * block_.unpooled_size()}, gy_.options());
    auto* gz = gz_tensor.data_ptr<float>();
    for_each_task(slice_count(block_), [&](int64_t index) {
      const Slice slice = slice_of(block_, index);
      compute_gx(slice, z_gradient(slice, gz + slice.first * block_.unpooled_size()));
    });
    const auto* x = saved_.x.data_ptr<float>();
    for_each_task(convolution_->weight_parts(), [&](int64_t part) {
      convolution_->backward_weight_part(part, block_.images, x, gz, sums.weight(0), sums.bias(0));
    });
  }

  // Computes gz of a slice into `gz` and returns it. Without an epilogue it returns gy, where it is.
  const float* z_gradient(const Slice& slice, float* gz) const {
    const float* g = gy_.data_ptr<float>() + slice.first * block_.y_size();
    if (block_.kind.epilogue == Epilogue::none) return g;
    const int64_t first = slice.first;
    if (block_.kind.epilogue == Epilogue::leaky_relu) {
      const float* unpooled = saved_.unpooled.data_ptr<float>() + first * block_.unpooled_size();
      leaky_relu_backward(block_.kind.slope, unpooled, g, gz, slice.images * block_.unpooled_size());
      return gz;
    }
    const UnpooledAndScale y =
        block_.kind.recomputes ? recomputed(slice, gz)
                               : UnpooledAndScale{saved_.unpooled.data_ptr<float>() + first * block_.unpooled_size(),
                                                  saved_.scale.data_ptr<float>() + first * block_.unpooled_pixels()};
    for (int64_t k = 0; k < slice.images; ++k)
      epilogue_backward(block_, y.unpooled + k * block_.unpooled_size(), y.scale + k * block_.unpooled_pixels(),
                        g + k * block_.y_size(), gz + k * block_.unpooled_size());
    return gz;
  }

  struct UnpooledAndScale {
    const float *unpooled, *scale;
  };

  // Overwrites `z` with the output of the convolution.
  [[nodiscard]] UnpooledAndScale recomputed(const Slice& slice, float* z) const {
    const float* x = saved_.x.data_ptr<float>() + slice.first * block_.x_size();
    convolution_->forward(slice.images, x, packed_forward_.data_ptr<float>(), saved_.bias.data_ptr<float>(), z);
    const int64_t pixels = slice.images * block_.unpooled_pixels();
    float* unpooled = scratch(Scratch::recomputed, pixels * (block_.out_channels() + 1));
    float* scale = unpooled + pixels * block_.out_channels();
    Activation{block_.out_channels(), block_.kind.slope}.forward(z, unpooled, scale, pixels);
    return {unpooled, scale};
  }

  void compute_gx(const Slice& slice, const float* gz) const {
    if (!needs_.x) return;
    float* to = gx_.data_ptr<float>() + slice.first * block_.x_size();
    const int64_t detached = std::clamp<int64_t>(needs_.detached - slice.first, 0, slice.images);
    std::fill_n(to, detached * block_.x_size(), 0.0F);
    convolution_->backward_data(slice.images - detached, gz + detached * block_.unpooled_size(),
                                packed_.data_ptr<float>(), to + detached * block_.x_size());
  }

  const BlockShape& block_;
  const BlockSaved& saved_;
  const Tensor& gy_;
  BlockNeeds needs_;
  std::unique_ptr<const SliceConvolution> convolution_;
  Tensor packed_, packed_forward_, gx_;
};

}  // namespace

BlockShape::BlockShape(const Tensor& x, const Tensor& weight, const BlockKind& kind_)
    : kind(kind_),
      images(x.size(0)),
      convolution{x.size(1), weight.size(kind.filter == Filter::transposed ? 1 : 0), x.size(2), x.size(3), kind.filter},
      groups(group_count(*this)),
      slice(std::clamp<int64_t>(kSliceFloats / std::max<int64_t>(1, x_size() + unpooled_size()), 1,
                                std::max<int64_t>(1, images / groups))) {
  groups = std::min(groups, slice_count(*this));
}

BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  BlockOutput to;
  const bool normalises = block.kind.normalises();
  const bool stores = !block.kind.recomputes;
  if (stores) to.unpooled = images_like(x, block.out_channels(), block.unpooled_height(), block.unpooled_width());
  to.y = block.kind.pools()
             ? images_like(x, block.out_channels(), block.unpooled_height() / 2, block.unpooled_width() / 2)
             : to.unpooled;
  if (normalises && stores) to.scale = at::empty({block.images * block.unpooled_pixels()}, x.options());
  const auto convolution = SliceConvolution::of(block.convolution);
  const Tensor packed = convolution->pack_forward(weight);
  const auto* w = packed.data_ptr<float>();
  const auto* b = bias.data_ptr<float>();
  const auto* in = x.data_ptr<float>();
  auto* unpooled = stores ? to.unpooled.data_ptr<float>() : nullptr;
  auto* y = to.y.data_ptr<float>();
  auto* scale = to.scale.defined() ? to.scale.data_ptr<float>() : nullptr;
  for_each_task(slice_count(block), [&](int64_t index) {
    const auto [first, images] = slice_of(block, index);
    float* z = normalises ? scratch(Scratch::pre_activation, images * block.unpooled_size())
                          : unpooled + first * block.unpooled_size();
    prefetch(in + first * block.x_size(), images * block.x_size());
    convolution->forward(images, in + first * block.x_size(), w, b, z);
    if (block.kind.epilogue == Epilogue::leaky_relu)
      leaky_relu_forward(block.kind.slope, z, images * block.unpooled_size());
    if (!normalises) return;
    for (int64_t image = first; image < first + images; ++image)
      epilogue(block, z + (image - first) * block.unpooled_size(),
               stores ? unpooled + image * block.unpooled_size() : nullptr,
               stores ? scale + image * block.unpooled_pixels() : nullptr, y + image * block.y_size());
  });
  return to;
}

BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy,
                              const BlockNeeds& needs) {
  return BackwardPass(block, saved, gy, needs).run();
}

}  // namespace refract
