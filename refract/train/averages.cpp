#include "refract/train/averages.h"

#include <ATen/ops/stack.h>

#include <cmath>

namespace refract {

void TermMeans::add(const Scalars& terms) {
  if (terms.empty()) return;
  std::vector<Tensor> values;
  for (const auto& [name, value] : terms) {
    values.push_back(value.detach().to(at::kDouble));
    if (steps_ == 0) names_.push_back(name);
  }
  const Tensor row = at::stack(values);
  sums_ = steps_ == 0 ? row : sums_ + row;
  ++steps_;
}

// Infinities and NaNs stay in a sum, so the sums tell of every step.
std::string TermMeans::not_finite() const {
  if (steps_ == 0) return "";
  const Tensor sums = sums_.cpu();
  for (size_t i = 0; i < names_.size(); ++i)
    if (!std::isfinite(sums.data_ptr<double>()[i])) return names_[i];
  return "";
}

Terms TermMeans::take() {
  Terms means;
  if (steps_ > 0) {
    const Tensor sums = sums_.cpu();
    for (size_t i = 0; i < names_.size(); ++i)
      means.emplace_back(names_[i], sums.data_ptr<double>()[i] / static_cast<double>(steps_));
  }
  *this = {};
  return means;
}

void Speed::add(double seconds) {
  constexpr double memory = 30;  // seconds after which a step counts for 1/e
  const double keep = std::exp(-seconds / memory);
  steps_ = steps_ * keep + 1;
  seconds_ = seconds_ * keep + seconds;
}

double Speed::per_second() const {
  return seconds_ > 0 ? steps_ / seconds_ : 0;
}

}  // namespace refract
