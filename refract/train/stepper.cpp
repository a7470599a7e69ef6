#include "refract/train/stepper.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <torch/version.h>

#if defined(REFRACT_CUDA) && (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3))
#define REFRACT_CAPTURE
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace refract {
namespace {

Stepped plain_step(Method& method, const Batch& batch, Update update) {
  Scalars terms = method.step(batch, update);
  return {std::move(terms), std::move(update)};
}

}  // namespace

#ifdef REFRACT_CAPTURE

// A graph reads and writes the same memory at every replay: batch, rate and progress are copied there.
class Stepper::Capture {
 public:
  explicit Capture(const at::Device& device)
      : stream_(stream_after_all(device)),
        rate_(at::zeros({}, at::TensorOptions(device).dtype(at::kDouble))),
        progress_(at::zeros({}, at::TensorOptions(device).dtype(at::kFloat))) {}

  Stepped step(Method& method, const Batch& batch, double rate, double progress, int64_t phase) {
    if (phase != phase_) forget(phase);
    fill(batch, rate, progress);
    if (plain_steps_ < kPlainSteps) {
      ++plain_steps_;
      return run(method);
    }
    if (!captured_) {
      graph_ = std::make_unique<at::cuda::CUDAGraph>();
      graph_->capture_begin();
      captured_ = std::make_unique<Stepped>(run(method));
      graph_->capture_end();
    }
    graph_->replay();
    return *captured_;
  }

 private:
  // Before a capture, libraries have made their plans and players their flat parameters.
  static constexpr int kPlainSteps = 3;

  // Captures need a stream that is not the default one; what was begun there is waited for.
  static c10::cuda::CUDAStream stream_after_all(const at::Device& device) {
    c10::cuda::device_synchronize();
    return c10::cuda::getStreamFromPool(false, device.index());
  }

  // What was captured of another phase; a graph object holds one capture.
  void forget(int64_t phase) {
    c10::cuda::device_synchronize();
    captured_.reset();
    graph_.reset();
    plain_steps_ = 0;
    phase_ = phase;
  }

  void fill(const Batch& batch, double rate, double progress) {
    rate_.fill_(rate);
    progress_.fill_(progress);
    Batch from = batch;
    const std::vector<Tensor*> to = batch_.fields();
    const std::vector<Tensor*> fields = from.fields();
    for (size_t i = 0; i < to.size(); ++i) {
      if (!fields[i]->defined()) continue;
      if (!to[i]->defined()) *to[i] = at::empty_like(*fields[i]);
      to[i]->copy_(*fields[i]);
    }
    batch_.population = batch.population;
  }

  Stepped run(Method& method) { return plain_step(method, batch_, Update(rate_, progress_, phase_)); }

  c10::cuda::CUDAStreamGuard stream_;
  Tensor rate_, progress_;
  Batch batch_;
  int plain_steps_ = 0;
  int64_t phase_ = 0;
  std::unique_ptr<at::cuda::CUDAGraph> graph_;
  std::unique_ptr<Stepped> captured_;
};

bool can_capture() {
  return true;
}

Stepper::Stepper(Method& method, bool capture) : method_(method) {
  const at::Device device = method.players().at(0)->parameters().at(0).second.device();
  if (capture && device.is_cuda()) capture_ = std::make_unique<Capture>(device);
}

#else

class Stepper::Capture {
 public:
  static Stepped step(Method& method, const Batch& batch, double rate, double progress, int64_t phase) {
    return plain_step(method, batch, Update(rate, progress, phase));
  }
};

bool can_capture() {
  return false;
}

Stepper::Stepper(Method& method, bool /*capture*/) : method_(method) {}

#endif

Stepper::~Stepper() = default;

Stepped Stepper::step(const Batch& batch, double rate, double progress, int64_t phase) {
  if (capture_ != nullptr) return capture_->step(method_, batch, rate, progress, phase);
  return plain_step(method_, batch, Update(rate, progress, phase));
}

}  // namespace refract
