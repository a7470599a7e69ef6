// A model of the points of data set arcs whose samples are known.
#pragma once

#include <ATen/ops/cos.h>
#include <ATen/ops/erf.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <numbers>

#include "tests/support/fakes.h"

namespace refract::fakes {

// "c" is the class, "z" [2] standard normal. A point lies on the arc of class (c + turned) modulo 3, at the angle that
// the normal distribution function makes of z_0, and `thickness` * .15 * z_1 outside of it: with 1 as the set's own.
inline FakeModel of_arcs(double thickness, int64_t turned = 0) {
  const auto decode = [thickness, turned](const Codes& codes) {
    const Tensor classes = (codes.at(0).argmax(1) + turned).remainder(3).to(at::kFloat);
    const Tensor share = 0.5 * (1 + at::erf(codes.at(1).select(1, 0) / std::sqrt(2.0)));
    const Tensor angle = share * (2 * std::numbers::pi / 3);
    const Tensor radius = 1 + classes + thickness * 0.15 * codes.at(1).select(1, 1);
    return at::stack({-0.827 + radius * at::cos(angle), -1.432 + radius * at::sin(angle)}, 1);
  };
  return {Space::row(2),
          {{"c", 3, Role::category, true}, {"z", 2, Role::class_independent}},
          [](const Tensor& x) {
            return Codes{at::zeros({x.size(0), 3}), x};
          },
          decode};
}

}  // namespace refract::fakes
