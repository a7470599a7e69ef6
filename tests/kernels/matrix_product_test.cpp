#include "refract/kernels/matrix_product.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "refract/core/tensor.h"
#include "refract/kernels/isa.h"

namespace refract {
namespace {

Tensor product(const Tensor& a, const Tensor& b, const Tensor& start, bool add) {
  Tensor c = start.clone();
  matrix_product({a.data_ptr<float>(), a.stride(0), a.stride(1)}, a.size(0), {b.data_ptr<float>(), b.stride(0)},
                 b.size(1), a.size(1), add ? Start{c.data_ptr<float>(), c.stride(0)} : Start{}, c.data_ptr<float>(),
                 c.stride(0));
  return c;
}

TEST(MatrixProduct, AgreesWithLibTorch) {
  for (const Isa limit : {Isa::any, Isa::avx2, Isa::avx512}) {
    if (limit > best_isa()) continue;
    limit_isa(limit);
    for (const int64_t rows : {1, 3, 4, 8, 9, 12, 31})
      for (const int64_t columns : {16, 32, 48})
        for (const int64_t steps : {1, 9, 20}) {
          const Tensor a = at::randn({rows, steps});
          const Tensor turned = at::randn({steps, rows}).t();  // sums down the columns of a matrix
          const Tensor b = at::randn({steps, columns});
          const Tensor start = at::randn({rows, columns});
          EXPECT_TRUE(product(a, b, start, false).allclose(a.mm(b), 1e-5, 1e-5))
              << rows << ' ' << columns << ' ' << steps;
          EXPECT_TRUE(product(turned, b, start, true).allclose(start + turned.mm(b), 1e-5, 1e-5))
              << rows << ' ' << columns << ' ' << steps;
        }
  }
  limit_isa(best_isa());
}

// Three rows of an image under a filter: runs of steps, and the same bias for all rows of the result.
TEST(MatrixProduct, StepsMayComeInRuns) {
  const Tensor image = at::randn({3, 40});
  const Tensor b = at::randn({27, 32});
  const Tensor bias = at::randn({32});
  Tensor a;
  for (int64_t run = 0; run < 3; ++run) {
    const Tensor part = image[run].as_strided({10, 9}, {3, 1}, run * 40);
    a = run == 0 ? part : at::cat({a, part}, 1);
  }
  for (const Isa limit : {Isa::any, Isa::avx2, Isa::avx512}) {
    if (limit > best_isa()) continue;
    limit_isa(limit);
    const Tensor c = at::empty({10, 32});
    matrix_product({image.data_ptr<float>(), 3, 1, 9, 40}, 10, {b.data_ptr<float>(), 32}, 32, 27,
                   {bias.data_ptr<float>()}, c.data_ptr<float>(), 32);
    EXPECT_TRUE(c.allclose(a.mm(b) + bias, 1e-5, 1e-5));
  }
  limit_isa(best_isa());
}

}  // namespace
}  // namespace refract
