// What the tests of mathieupairs share: a small model, a batch of pairs, and steps that can be repeated.
#pragma once

#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "refract/methods/registry.h"

namespace refract::pairs_tests {

constexpr int64_t kPairs = 6;
constexpr int64_t kS = 3;
constexpr int64_t kZ = 5;
const std::vector<int64_t> first_labels = {0, 1, 2, 3, 0, 1};
const std::vector<int64_t> second_labels = {0, 2, 2, 1, 3, 0};  // that of the first and of the third agree

// tanh: nothing is clamped when a code is decoded.
inline std::unique_ptr<Method> make(const KeyValues& values = {}) {
  MethodRecipe recipe = method("mathieupairs").recipe();
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"},
                                            {"latent_s", "3"},
                                            {"latent_z", "5"},
                                            {"classes", "4"},
                                            {"generator_output", "tanh"},
                                            {"discriminator_dropout", "0"}})
    recipe.options.set(key, value);
  for (const auto& [key, value] : values) recipe.options.set(key, value);
  at::manual_seed(10);
  return recipe.make(Space::square(3, 16));
}

inline Tensor label_column(const std::vector<int64_t>& labels) {
  return at::tensor(labels, at::kLong).unsqueeze(1);
}

inline Batch batch() {
  at::manual_seed(11);
  const auto images = [] { return at::rand({kPairs, 3, 16, 16}) * 2 - 1; };
  Batch b;
  b.main = {images(), label_column(first_labels)};
  b.partner = {images(), label_column(first_labels)};
  b.second = {images(), label_column(second_labels)};
  return b;
}

using Values = std::map<std::string, double>;

inline Values step(Method& method, const Batch& batch, int64_t phase = 0) {
  at::manual_seed(12);  // the same noise each time
  Update update(1.0, 0.0, phase);
  Values values;
  for (const auto& [name, value] : method.step(batch, update)) values[name] = value.item<double>();
  return values;
}

inline Values step(Method& method, int64_t phase = 0) {
  return step(method, batch(), phase);
}

// Weights and buffers of all players.
inline std::map<std::string, Tensor> weights_of(Method& method) {
  std::map<std::string, Tensor> all;
  for (Player* player : method.players())
    for (const auto& [name, tensor] : player->weights()) all[name] = tensor.clone();
  return all;
}

}  // namespace refract::pairs_tests
