// A random forest (Breiman 2001) as a reader of a representation that is not linear.
#pragma once

#include <cstdint>

#include "refract/eval/sampling.h"

namespace refract {

struct ForestReading {
  Tensor importance;    // [D] float64: how many fewer of the trees vote for a row's class, as a part of all, when the
                        // dimension is shuffled among the scored rows
  double accuracy = 0;  // part of the scored rows whose class is recognised
};

// How many of the scored rows are read again with each dimension shuffled: as many as keep the readings of all
// dimensions at 100,000, so that wide codes take no longer than those of 20 dimensions; but no fewer than 250.
int64_t rows_shuffled(int64_t dimensions, int64_t scored);

// Reads `classes` [N] int64 from 0 off `codes` [N, D] float64: OpenCV's forest of 20 trees, a random half of the
// dimensions (8 at most) at each node, fitted on rows.fit and scored on rows.score. The trees see the ranks of codes
// among these rows, which offset, scale and any rising curve leave alone; OpenCV takes numbers closer than 2e-7 for
// equal. Classes with equally many votes share the verdict. A fall within three of its standard errors counts as 0,
// and in codes of over 10 dimensions within more, so that no more of them pass by chance.
// Votes, not the majority's verdict: this would rest on one of two copies of a dimension. A function of the seed.
ForestReading read_by_forest(const Tensor& codes, const Tensor& classes, const Division& rows, uint64_t seed);

}  // namespace refract
