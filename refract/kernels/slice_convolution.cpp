#include "refract/kernels/slice_convolution.h"

#include <ATen/ops/empty.h>

#include <map>
#include <mutex>
#include <string_view>

#ifdef REFRACT_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>

#include "refract/kernels/threads.h"
#endif

namespace refract {

#ifdef REFRACT_ONEDNN
namespace {

using Memory = dnnl::memory;
using Layout = Memory::desc;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::stream& stream() {
  thread_local dnnl::stream of_thread(engine());
  return of_thread;
}

// oneDNN only reads what it is handed as a source.
Memory memory(const Layout& layout, const float* data) {
  return {layout, engine(), const_cast<float*>(data)};
}

// Room for intermediate results, one for each thread.
void* scratch(size_t bytes) {
  thread_local std::unique_ptr<Memory> of_thread;
  if (!of_thread || of_thread->get_desc().get_size() < bytes)
    of_thread = std::make_unique<Memory>(
        Layout({static_cast<Memory::dim>(bytes)}, Memory::data_type::u8, Memory::format_tag::a), engine());
  return of_thread->get_data_handle();
}

int64_t floats(const Layout& layout) {
  return static_cast<int64_t>(layout.get_size() / sizeof(float));
}

class OneDnn : public SliceConvolution {
 public:
  explicit OneDnn(const SliceShape& shape)
      : plain_(weight_layout(shape, Memory::format_tag::oihw)),
        forward_of_({dnnl::prop_kind::forward_training,
                     dnnl::algorithm::convolution_direct,
                     image(shape),
                     any(shape),
                     bias(shape),
                     result(shape),
                     {1, 1},
                     {1, 1},
                     {1, 1}},
                    attributes(), engine()),
        data_of_({dnnl::algorithm::convolution_direct, image(shape), any(shape), result(shape), {1, 1}, {1, 1}, {1, 1}},
                 attributes(), engine(), forward_of_),
        weight_of_({dnnl::algorithm::convolution_direct,
                    image(shape),
                    any(shape),
                    bias(shape),
                    result(shape),
                    {1, 1},
                    {1, 1},
                    {1, 1}},
                   attributes(), engine(), forward_of_),
        forward_(forward_of_),
        data_(data_of_),
        weight_(weight_of_),
        pack_forward_(reorder(plain_, forward_of_.weights_desc())),
        pack_backward_(reorder(plain_, data_of_.weights_desc())),
        unpack_(reorder(weight_of_.diff_weights_desc(), plain_)) {}

  // oneDNN's loops for shapes that nobody cared about are slower than LibTorch's path by far.
  [[nodiscard]] bool fast() const {
    const auto slow = [](const char* name) { return std::string_view(name).substr(0, 3) == "ref"; };
    return !slow(forward_of_.impl_info_str()) && !slow(data_of_.impl_info_str()) && !slow(weight_of_.impl_info_str());
  }

  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override {
    return pack(weight, forward_of_.weights_desc(), pack_forward_);
  }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override {
    return pack(weight, data_of_.weights_desc(), pack_backward_);
  }
  [[nodiscard]] int64_t gradient_size() const override { return floats(weight_of_.diff_weights_desc()); }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& packed) const override {
    const Tensor result = at::empty(plain_.dims(), packed.options());
    Memory from = memory(weight_of_.diff_weights_desc(), packed.data_ptr<float>());
    Memory to = memory(plain_, result.data_ptr<float>());
    unpack_.execute(stream(), from, to);
    return result;
  }

  void forward(const float* x, const float* packed, const float* bias, float* y) const override {
    forward_.execute(stream(), {{DNNL_ARG_SRC, memory(forward_of_.src_desc(), x)},
                                {DNNL_ARG_WEIGHTS, memory(forward_of_.weights_desc(), packed)},
                                {DNNL_ARG_BIAS, memory(forward_of_.bias_desc(), bias)},
                                {DNNL_ARG_DST, memory(forward_of_.dst_desc(), y)},
                                scratch_of(forward_of_)});
  }
  void backward_data(const float* gy, const float* packed, float* gx) const override {
    data_.execute(stream(), {{DNNL_ARG_DIFF_DST, memory(data_of_.diff_dst_desc(), gy)},
                             {DNNL_ARG_WEIGHTS, memory(data_of_.weights_desc(), packed)},
                             {DNNL_ARG_DIFF_SRC, memory(data_of_.diff_src_desc(), gx)},
                             scratch_of(data_of_)});
  }
  void backward_weight(const float* x, const float* gy, float* packed, float* bias) const override {
    weight_.execute(stream(), {{DNNL_ARG_SRC, memory(weight_of_.src_desc(), x)},
                               {DNNL_ARG_DIFF_DST, memory(weight_of_.diff_dst_desc(), gy)},
                               {DNNL_ARG_DIFF_WEIGHTS, memory(weight_of_.diff_weights_desc(), packed)},
                               {DNNL_ARG_DIFF_BIAS, memory(weight_of_.diff_bias_desc(), bias)},
                               scratch_of(weight_of_)});
  }

 private:
  static dnnl::primitive_attr attributes() {
    dnnl::primitive_attr own_scratch;
    own_scratch.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return own_scratch;
  }
  static Layout image(const SliceShape& s) {
    return {{s.images, s.in, s.height, s.width}, Memory::data_type::f32, Memory::format_tag::nhwc};
  }
  static Layout result(const SliceShape& s) {
    return {{s.images, s.out, s.out_height(), s.out_width()}, Memory::data_type::f32, Memory::format_tag::nhwc};
  }
  static Layout weight_layout(const SliceShape& s, Memory::format_tag order) {
    return {{s.out, s.in, s.kernel, s.kernel}, Memory::data_type::f32, order};
  }
  static Layout any(const SliceShape& s) { return weight_layout(s, Memory::format_tag::any); }
  static Layout bias(const SliceShape& s) { return {{s.out}, Memory::data_type::f32, Memory::format_tag::x}; }

  // Describing a reorder takes longer than doing it.
  static dnnl::reorder reorder(const Layout& from, const Layout& to) {
    return dnnl::reorder::primitive_desc(engine(), from, engine(), to);
  }

  [[nodiscard]] Tensor pack(const Tensor& weight, const Layout& layout, const dnnl::reorder& order) const {
    const Tensor packed = at::empty({floats(layout)}, weight.options());
    Memory from = memory(plain_, weight.data_ptr<float>());
    Memory to = memory(layout, packed.data_ptr<float>());
    order.execute(stream(), from, to);
    return packed;
  }

  template <class Description>
  static std::pair<const int, Memory> scratch_of(const Description& of) {
    const Layout layout = of.scratchpad_desc();
    return {DNNL_ARG_SCRATCHPAD, Memory(layout, engine(), scratch(layout.get_size()))};
  }

  Layout plain_;
  dnnl::convolution_forward::primitive_desc forward_of_;
  dnnl::convolution_backward_data::primitive_desc data_of_;
  dnnl::convolution_backward_weights::primitive_desc weight_of_;
  dnnl::convolution_forward forward_;
  dnnl::convolution_backward_data data_;
  dnnl::convolution_backward_weights weight_;
  dnnl::reorder pack_forward_, pack_backward_, unpack_;
};

std::shared_ptr<const SliceConvolution> make(const SliceShape& shape) {
  const OneThread alone;
  try {
    auto made = std::make_shared<OneDnn>(shape);
    if (made->fast()) return made;
  } catch (const dnnl::error&) {  // no such loop on this processor
  }
  return nullptr;
}

}  // namespace

std::shared_ptr<const SliceConvolution> SliceConvolution::of(const SliceShape& shape) {
  static std::mutex lock;
  static std::map<SliceShape, std::shared_ptr<const SliceConvolution>> made;
  const std::lock_guard<std::mutex> guard(lock);
  const auto known = made.find(shape);
  if (known != made.end()) return known->second;
  return made.emplace(shape, make(shape)).first->second;
}

#else

std::shared_ptr<const SliceConvolution> SliceConvolution::of(const SliceShape& /*shape*/) {
  return nullptr;
}

#endif

}  // namespace refract
