// What the tests of convolution blocks share.
#pragma once

#include <ATen/ops/randn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/tensor.h"
#include "refract/kernels/isa.h"

namespace refract::testing_support {

struct Case {
  int64_t images, in, out, height, width;
};

inline void PrintTo(const Case& c, std::ostream* to) {
  *to << c.images << " images " << c.height << "x" << c.width << ", " << c.in << " to " << c.out << " channels";
}

struct Results {
  Tensor y, x, weight, bias;  // and the gradients
};

// Sums of many terms differ by rounding: errors are measured against the largest value.
inline void expect_equal(const Tensor& found, const Tensor& expected, double lifted, const char* what) {
  ASSERT_EQ(found.sizes(), expected.sizes()) << what;
  const double error = (found - expected).abs().max().item<double>();
  EXPECT_LE(error, 1e-5 * lifted * (1 + expected.abs().max().item<double>())) << what;
}

inline void expect_equal(const Results& found, const Results& expected, double lifted = 1) {
  expect_equal(found.y, expected.y, lifted, "values");
  expect_equal(found.x, expected.x, lifted, "gradient of the images");
  expect_equal(found.weight, expected.weight, lifted, "gradient of the weights");
  expect_equal(found.bias, expected.bias, lifted, "gradient of the bias");
}

// Runs a check once for every instruction set that this processor has.
template <class Check>
void for_every_isa(Check check) {
  for (const Isa limit : {Isa::any, Isa::avx2, Isa::avx512}) {
    if (limit > best_isa()) continue;
    SCOPED_TRACE(fmt::format("instruction set {}", static_cast<int>(limit)));
    limit_isa(limit);
    check();
  }
  limit_isa(best_isa());
}

}  // namespace refract::testing_support
