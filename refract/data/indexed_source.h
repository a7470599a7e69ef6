// A data set whose images have numbers and whose splits are lists of these numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "refract/data/source.h"
#include "refract/data/splits.h"

namespace refract {

struct IndexedImages {
  DataInfo info;
  Splits splits;
  std::function<void(int64_t image, float* out)> copy;  // C x S x S floats in [-1, 1]; any number of threads may call

  // Of every image; undefined where there are none.
  Tensor factors;     // [N, K] float
  Tensor labels;      // [N] int64; -1 for an image of no class, whose label may not be asked for
  Tensor attributes;  // [N, K] int64; undefined where the labels are all
};

std::unique_ptr<DataSource> indexed_source(IndexedImages images);

// `copy` for images that lie in memory: [N, C, S, S] uint8, contiguous.
std::function<void(int64_t, float*)> from_bytes(const Tensor& images);

}  // namespace refract
