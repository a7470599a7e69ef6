#include "refract/kernels/matrix_product.h"

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
                 b.size(1), a.size(1), add, c.data_ptr<float>(), c.stride(0));
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

}  // namespace
}  // namespace refract
