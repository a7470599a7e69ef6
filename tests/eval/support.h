// Representations whose scores are known.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>

#include <string>
#include <vector>

#include "refract/eval/metric.h"
#include "refract/eval/representation.h"

namespace refract::known {

inline at::Generator generator(uint64_t seed) {
  return at::make_generator<at::CPUGeneratorImpl>(seed);
}

// Independent factors of so many values each, uniform: [rows, K], named "factor 0", ...
inline Factors factors(int64_t rows = 3000, const std::vector<int64_t>& sizes = {3, 4, 6}) {
  std::vector<Tensor> columns;
  std::vector<std::string> names;
  for (size_t k = 0; k < sizes.size(); ++k) {
    columns.push_back(at::randint(sizes[k], {rows}, generator(k + 1), at::kDouble));
    names.push_back("factor " + std::to_string(k));
  }
  return factors_of(names, at::stack(columns, 1), sizes);
}

inline Tensor standard(const Tensor& x) {
  return (x - x.mean(0)) / x.std(0);
}

// The factors themselves, each a dimension of variance 1.
inline Tensor perfect(const Factors& factors) {
  return standard(factors.values);
}

inline Tensor noise(int64_t rows, int64_t dimensions, uint64_t seed = 9) {
  return at::randn({rows, dimensions}, generator(seed), at::kDouble);
}

// The row that a metric of the registry gives these codes.
inline std::vector<double> scores(const std::string& name, const Tensor& codes, const Factors& factors,
                                  uint64_t seed = 0) {
  return metric(name).score({representation("codes", codes, factors)}, seed).rows.at(0).values;
}

// Its last column, which sums it up.
inline double score(const std::string& name, const Tensor& codes, const Factors& factors, uint64_t seed = 0) {
  return scores(name, codes, factors, seed).back();
}

}  // namespace refract::known
