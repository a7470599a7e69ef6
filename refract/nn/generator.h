// From codes to examples.
#pragma once

#include <memory>
#include <vector>

#include "refract/nn/architecture.h"
#include "refract/nn/layers.h"

namespace refract {

// How a generator ends. tanh is the paper's; it saturates at black, where most pixels are. Linear escapes from there,
// at the price of noise around black. Leaky clamps to [-1, 1] with a slope of 0.1 outside: neither.
enum class Output { linear, tanh, leaky };

// Codes [N, D] to what the likelihood takes, [N, sizes...] of the space: means, logits, or several numbers a value.
class Generator : public torch::nn::Module {
 public:
  [[nodiscard]] Tensor forward(const Tensor& codes) const;

  // For codes that are several side by side, of so many dimensions each. A linear layer on all of them is the sum of
  // one layer for each; this scales the weights at the start so that each adds the same variance, however few its
  // dimensions are.
  void balance(const std::vector<int64_t>& dimensions);

 protected:
  explicit Generator(Output output) : output_(output) {}

 private:
  [[nodiscard]] virtual Tensor made(const Tensor& codes) const = 0;  // before the end
  [[nodiscard]] virtual Linear& first() = 0;                         // the layer that reads the codes
  Output output_;
};

// Throws BadInput where generator_widths are not as many as the layers, and as coarsest_extent.
std::shared_ptr<Generator> make_generator(const Space& space, const Architecture& architecture, int64_t latents,
                                          Output output);

}  // namespace refract
