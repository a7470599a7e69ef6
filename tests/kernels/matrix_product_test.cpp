#include "refract/kernels/loops/matrix_product.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "refract/core/tensor.h"
#include "refract/kernels/isa.h"

namespace refract {
namespace {

Tensor product(const Tensor& a, const Tensor& b, const Tensor& addend, bool add) {
  Tensor c = addend.clone();
  matrix_product({a.data_ptr<float>(), a.stride(0), a.stride(1)}, a.size(0), {b.data_ptr<float>(), b.stride(0)},
                 b.size(1), a.size(1), add ? Addend{c.data_ptr<float>(), c.stride(0)} : Addend{}, c.data_ptr<float>(),
                 c.stride(0));
  return c;
}

TEST(MatrixProduct, AgreesWithLibTorch) {
  for (const Isa limit : {Isa::any, Isa::avx2, Isa::avx512}) {
    if (limit > best_isa()) continue;
    limit_isa(limit);
    for (const int64_t rows : {1, 3, 4, 8, 9, 12, 31})
      for (const int64_t columns : {16, 32, 48})
        for (const int64_t depth : {1, 9, 20}) {
          const Tensor a = at::randn({rows, depth});
          const Tensor turned = at::randn({depth, rows}).t();  // the transpose of a row-major matrix
          const Tensor b = at::randn({depth, columns});
          const Tensor addend = at::randn({rows, columns});
          EXPECT_TRUE(product(a, b, addend, false).allclose(a.mm(b), 1e-5, 1e-5))
              << rows << ' ' << columns << ' ' << depth;
          EXPECT_TRUE(product(turned, b, addend, true).allclose(addend + turned.mm(b), 1e-5, 1e-5))
              << rows << ' ' << columns << ' ' << depth;
        }
  }
  limit_isa(best_isa());
}

// Three rows of an image under a filter: segments of columns, and the same bias for all rows of the result.
TEST(MatrixProduct, ColumnsMayComeInSegments) {
  const Tensor image = at::randn({3, 40});
  const Tensor b = at::randn({27, 32});
  const Tensor bias = at::randn({32});
  Tensor a;
  for (int64_t segment = 0; segment < 3; ++segment) {
    const Tensor part = image[segment].as_strided({10, 9}, {3, 1}, segment * 40);
    a = segment == 0 ? part : at::cat({a, part}, 1);
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
