// What the tests of Lr-LiVAE and its rivals share: small models, a batch with an unlabelled example, and steps that can
// be repeated.
#pragma once

#include <ATen/ops/cat.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "refract/methods/registry.h"

namespace refract::labelled_tests {

constexpr int64_t kExamples = 6;
constexpr int64_t kClasses = 3;
constexpr int64_t kValues = 3 * 16 * 16;  // of an example
const std::vector<int64_t> labels = {0, 1, 2, 1, -1, 0};

// tanh: nothing is clamped when a code is decoded.
inline std::unique_ptr<Method> make(const std::string& name, const KeyValues& values = {}) {
  MethodRecipe recipe = method(name).recipe();
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"},
                                            {"latent_s", "2"},
                                            {"latent_u", "3"},
                                            {"latent_z", "3"},
                                            {"classes", "3"},
                                            {"generator_output", "tanh"},
                                            {"n_gm", "1"}})
    if (recipe.options.has(key)) recipe.options.set(key, value);
  for (const auto& [key, value] : values) recipe.options.set(key, value);
  at::manual_seed(10);
  return recipe.make(Space::square(3, 16));
}

inline Tensor column(const std::vector<int64_t>& values) {
  return at::tensor(values, at::kLong).unsqueeze(1);
}

inline Batch batch(const std::vector<int64_t>& of_main = labels, const std::vector<int64_t>& of_second = labels) {
  at::manual_seed(11);
  const auto images = [] { return at::rand({kExamples, 3, 16, 16}) * 2 - 1; };
  Batch b;
  b.main = {images(), column(of_main)};
  b.second = {images(), column(of_second)};
  return b;
}

using Values = std::map<std::string, double>;

// At a rate of 0 no weight moves.
inline Values step(Method& method, const Batch& batch, double rate = 1, int64_t phase = 0) {
  at::manual_seed(12);  // the same noise each time
  Update update(rate, 0.0, phase);
  Values values;
  for (const auto& [name, value] : method.step(batch, update)) values[name] = value.item<double>();
  return values;
}

// An Lr-LiVAE after some steps, so that class means and variances are not those of the start.
inline std::unique_ptr<Method> trained(KeyValues values = {}) {
  values.emplace_back("sigma_rate", "10");
  auto method = make("lrlivae", values);
  for (int i = 0; i < 6; ++i) step(*method, batch(), 4);
  return method;
}

// Weights, buffers and moments of all players. With beta1 = 0, which is the default, the first moment is the gradient
// of the last step.
inline std::map<std::string, Tensor> state_of(Method& method) {
  std::map<std::string, Tensor> all;
  for (Player* player : method.players()) {
    for (const auto& [name, tensor] : player->weights()) all[name] = tensor.clone();
    for (const auto& [name, tensor] : player->moments()) all[name] = tensor.clone();
  }
  return all;
}

// The gradients whose names begin so, in a row.
inline Tensor gradient_of(Method& method, const std::string& prefix) {
  std::vector<Tensor> all;
  for (const auto& [name, tensor] : state_of(method))
    if (name.rfind(prefix, 0) == 0 && name.size() > 2 && name.substr(name.size() - 2) == ":m")
      all.push_back(tensor.reshape(-1));
  return at::cat(all);
}

inline double size_of(const Tensor& gradient) {
  return gradient.abs().max().item<double>();
}

}  // namespace refract::labelled_tests
