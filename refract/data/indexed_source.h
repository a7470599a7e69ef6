// A data set whose examples have numbers and whose splits are lists of these numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "refract/data/source.h"
#include "refract/data/splits.h"

namespace refract {

struct IndexedExamples {
  DataInfo info;
  Splits splits;
  std::function<void(int64_t example, float* out)> copy;  // info.space.numel() floats; any number of threads may call

  // See DataSource::read_factors; empty for a set that cannot.
  std::function<Tensor(const Tensor& examples, const Tensor& labels)> read_factors = {};

  // Of every example; undefined where there are none.
  Tensor factors;     // [N, K] float; NaN for an example that has none, whose factors may not be asked for
  Tensor labels;      // [N] int64; -1 for an example of no class, whose label may not be asked for
  Tensor attributes;  // [N, K] int64; undefined where the labels are all
  Tensor colours;     // [N, K] double, see DataSource::colours
};

std::unique_ptr<DataSource> indexed_source(IndexedExamples examples);

// `copy` for images that lie in memory: [N, C, H, W] uint8, contiguous.
std::function<void(int64_t, float*)> from_bytes(const Tensor& images);

}  // namespace refract
