#include "refract/train/divergence.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

namespace refract {

DivergenceCheck::DivergenceCheck(Method& method) : method_(method) {
  for (Player* player : method.players())
    for (const auto& [name, tensor] : player->moments())
      if (name == player->name() + "/:t") counters_.push_back(tensor);
}

void DivergenceCheck::begin_step() {
  before_.clear();
  for (const Tensor& counter : counters_) before_.push_back(counter.clone());
}

std::string DivergenceCheck::in_step(const TermMeans& terms, const Update& update) const {
  const std::string term = terms.not_finite();
  if (!term.empty()) return fmt::format("the term '{}'", term);
  return update.finite() ? "" : gradient();
}

std::string DivergenceCheck::gradient() const {
  const std::vector<Player*> players = method_.players();
  for (size_t i = 0; i < before_.size(); ++i)
    if (at::equal(counters_[i], before_[i])) return fmt::format("the gradient of the player '{}'", players[i]->name());
  return "a gradient";
}

std::string DivergenceCheck::in_weights() const {
  for (Player* player : method_.players())
    for (const auto& [name, weight] : player->weights())
      if (!at::isfinite(weight).all().item<bool>()) return fmt::format("the weight '{}'", name);
  return "";
}

}  // namespace refract
