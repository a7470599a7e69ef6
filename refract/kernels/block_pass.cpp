#include "refract/kernels/block_pass.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/scratch.h"
#include "refract/kernels/threads.h"

namespace refract {
namespace {

constexpr int64_t kSliceFloats = 131'072;  // of a slice before and after: half of a usual second-level cache

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

// What an image goes through after the convolution if it is normalised. Two rows at a time are pooled while they are
// near. Where y before pooling is recomputed, `full` and `scale` are null.
void finish(const BlockShape& block, const float* raw, float* full, float* scale, float* y) {
  const Activation activation{block.out(), block.kind.slope};
  if (!block.kind.pools()) return activation.forward(raw, full, scale, block.full_pixels());
  const int64_t pixels = 2 * block.full_width();
  const bool stored = !block.kind.recomputes;
  float* near = stored ? full : scratch(Scratch::left, pixels * (block.out() + 1));
  float* near_scale = stored ? scale : near + pixels * block.out();
  const int64_t advance = stored ? pixels : 0;
  for (int64_t i = 0; i < block.full_height() / 2; ++i) {
    float* rows = near + i * advance * block.out();
    activation.forward(raw + i * pixels * block.out(), rows, near_scale + i * advance, pixels);
    average_pool(rows, y + i * pixels / 4 * block.out(), 2, block.full_width(), block.out());
  }
}

void finish_backward(const BlockShape& block, const float* full, const float* scale, const float* gy, float* raw) {
  const Activation activation{block.out(), block.kind.slope};
  if (block.kind.pools())
    activation.backward_pooled(full, scale, gy, raw, block.full_height(), block.full_width());
  else
    activation.backward(full, scale, gy, raw, block.full_pixels());
}

// The gradients of weight and bias, summed over the images of each group.
struct GroupSums {
  GroupSums(int64_t groups, int64_t size, int64_t outputs, const at::TensorOptions& options)
      : weights(at::empty({groups, size}, options)), biases(at::empty({groups, outputs}, options)) {}

  Tensor weights, biases;  // [groups, .]

  [[nodiscard]] float* weight(int64_t group) const { return weights.data_ptr<float>() + group * weights.size(1); }
  [[nodiscard]] float* bias(int64_t group) const { return biases.data_ptr<float>() + group * biases.size(1); }
};

// Convolutions read images tile by tile, which memory serves several times more slowly than in order.
void bring_near(const float* from, int64_t floats) {
  constexpr int64_t line = 16;
  for (int64_t k = 0; k < floats; k += line) __builtin_prefetch(from + k);
}

// Many groups leave no thread waiting for the last one. But where a group has few pixels for its weights, summing the
// gradients of groups takes longer than finding them: for a 4x4 filter they are 100 numbers, for a 3x3 one 36 at most.
int64_t group_count(const BlockShape& block) {
  const bool small = block.kind.filter == Filter::same || block.kind.filter == Filter::up_sampled;
  const int64_t weights = block.convolution.in * block.convolution.out * (small ? 1 : 3);
  const int64_t pixels = block.images * block.met_pixels();
  constexpr int64_t fewest = 4;
  constexpr int64_t usual = 8;
  constexpr int64_t most = 32;
  constexpr int64_t least_pixels = 1024;
  const int64_t affordable = pixels / std::max(least_pixels, 2 * weights);
  return std::clamp(affordable, std::clamp(pixels / least_pixels, fewest, usual), most);
}

// Images pass a slice at a time, each once: its gradient through what follows the convolution, then those of weights
// and of the images.
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
    const bool parts = needs_.weight && wants_parts();
    const int64_t groups = parts ? 1 : block_.groups;
    const GroupSums sums(needs_.weight ? groups : 0, convolution_->gradient_size(), block_.out(), saved_.x.options());
    if (parts)
      in_parts(sums);
    else
      in_groups(sums);
    if (!needs_.weight) return {gx_, Tensor(), Tensor()};
    return {gx_, convolution_->unpack_gradient(sums.weights), sums.biases.sum(0)};
  }

 private:
  // Where there are more weights than pixels, sums of several groups would be most of the work.
  [[nodiscard]] bool wants_parts() const {
    constexpr int64_t fewest = 4;  // so that four threads have something to do
    return convolution_->weight_parts() >= fewest &&
           block_.images * block_.met_pixels() < 2 * block_.convolution.in * block_.convolution.out;
  }

  void in_groups(const GroupSums& sums) const {
    const int64_t slices = slice_count(block_);
    for_each_task(block_.groups, [&](int64_t group) {
      const int64_t begin = slices * group / block_.groups;
      for (int64_t index = begin; index < slices * (group + 1) / block_.groups; ++index) {
        const Slice slice = slice_of(block_, index);
        const float* x = saved_.x.data_ptr<float>() + slice.first * block_.x_size();
        const float* raw = raw_gradient(slice, scratch(Scratch::raw, slice.images * block_.full_size()));
        bring_near(x, slice.images * block_.x_size());
        if (needs_.weight)
          convolution_->backward_weight(slice.images, x, raw, index > begin, sums.weight(group), sums.bias(group));
        find_gx(slice, raw);
      }
    });
  }

  void in_parts(const GroupSums& sums) const {
    const bool stays =
        block_.kind.finish == Finish::none;  // the gradient of y is that of what the convolution computed
    const Tensor all = stays ? gy_ : at::empty({block_.images * block_.full_size()}, gy_.options());
    auto* raw = all.data_ptr<float>();
    for_each_task(slice_count(block_), [&](int64_t index) {
      const Slice slice = slice_of(block_, index);
      find_gx(slice, raw_gradient(slice, raw + slice.first * block_.full_size()));
    });
    const auto* x = saved_.x.data_ptr<float>();
    for_each_task(convolution_->weight_parts(), [&](int64_t part) {
      convolution_->backward_weight_part(part, block_.images, x, raw, sums.weight(0), sums.bias(0));
    });
  }

  // The gradient of what the convolution computed for a slice: where it is, or else, in `raw`.
  const float* raw_gradient(const Slice& slice, float* raw) const {
    const float* g = gy_.data_ptr<float>() + slice.first * block_.y_size();
    if (block_.kind.finish == Finish::none) return g;
    const int64_t first = slice.first;
    if (block_.kind.finish == Finish::rectify) {
      const float* full = saved_.full.data_ptr<float>() + first * block_.full_size();
      rectify_backward(block_.kind.slope, full, g, raw, slice.images * block_.full_size());
      return raw;
    }
    const Normalised y = block_.kind.recomputes
                             ? recomputed(slice, raw)
                             : Normalised{saved_.full.data_ptr<float>() + first * block_.full_size(),
                                          saved_.scale.data_ptr<float>() + first * block_.full_pixels()};
    for (int64_t k = 0; k < slice.images; ++k)
      finish_backward(block_, y.full + k * block_.full_size(), y.scale + k * block_.full_pixels(),
                      g + k * block_.y_size(), raw + k * block_.full_size());
    return raw;
  }

  struct Normalised {
    const float *full, *scale;
  };

  // `raw` is room for what the convolution computes.
  [[nodiscard]] Normalised recomputed(const Slice& slice, float* raw) const {
    const float* x = saved_.x.data_ptr<float>() + slice.first * block_.x_size();
    convolution_->forward(slice.images, x, packed_forward_.data_ptr<float>(), saved_.bias.data_ptr<float>(), raw);
    const int64_t pixels = slice.images * block_.full_pixels();
    float* full = scratch(Scratch::again, pixels * (block_.out() + 1));
    float* scale = full + pixels * block_.out();
    Activation{block_.out(), block_.kind.slope}.forward(raw, full, scale, pixels);
    return {full, scale};
  }

  void find_gx(const Slice& slice, const float* raw) const {
    if (!needs_.x) return;
    float* to = gx_.data_ptr<float>() + slice.first * block_.x_size();
    const int64_t data = std::clamp<int64_t>(needs_.data - slice.first, 0, slice.images);
    std::fill_n(to, data * block_.x_size(), 0.0F);
    convolution_->backward_data(slice.images - data, raw + data * block_.full_size(), packed_.data_ptr<float>(),
                                to + data * block_.x_size());
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
      slice(std::clamp<int64_t>(kSliceFloats / std::max<int64_t>(1, x_size() + full_size()), 1,
                                std::max<int64_t>(1, images / groups))) {
  groups = std::min(groups, slice_count(*this));
}

BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  BlockOutput to;
  const bool normalises = block.kind.normalises();
  const bool stores = !block.kind.recomputes;
  if (stores) to.full = images_like(x, block.out(), block.full_height(), block.full_width());
  to.y = block.kind.pools() ? images_like(x, block.out(), block.full_height() / 2, block.full_width() / 2) : to.full;
  if (normalises && stores) to.scale = at::empty({block.images * block.full_pixels()}, x.options());
  const auto convolution = SliceConvolution::of(block.convolution);
  const Tensor packed = convolution->pack_forward(weight);
  const auto* w = packed.data_ptr<float>();
  const auto* b = bias.data_ptr<float>();
  const auto* in = x.data_ptr<float>();
  auto* full = stores ? to.full.data_ptr<float>() : nullptr;
  auto* y = to.y.data_ptr<float>();
  auto* scale = to.scale.defined() ? to.scale.data_ptr<float>() : nullptr;
  for_each_task(slice_count(block), [&](int64_t index) {
    const auto [first, images] = slice_of(block, index);
    float* raw = normalises ? scratch(Scratch::raw, images * block.full_size()) : full + first * block.full_size();
    bring_near(in + first * block.x_size(), images * block.x_size());
    convolution->forward(images, in + first * block.x_size(), w, b, raw);
    if (block.kind.finish == Finish::rectify) rectify(block.kind.slope, raw, images * block.full_size());
    if (!normalises) return;
    for (int64_t image = first; image < first + images; ++image)
      finish(block, raw + (image - first) * block.full_size(), stores ? full + image * block.full_size() : nullptr,
             stores ? scale + image * block.full_pixels() : nullptr, y + image * block.y_size());
  });
  return to;
}

BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy,
                              const BlockNeeds& needs) {
  return BackwardPass(block, saved, gy, needs).run();
}

}  // namespace refract
