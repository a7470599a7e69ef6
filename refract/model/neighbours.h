// Nearest neighbours in a latent block: retrieval (Mathieu et al. 2016, Sec. 5 and Fig. 4).
#pragma once

#include "refract/core/progress.h"
#include "refract/core/tensor.h"

namespace refract {

struct Neighbours {
  Tensor rows;       // [Q, K] int64, of candidates, the nearest first
  Tensor distances;  // [Q, K] float64, Euclidean
};

// Of each query's code [Q, D] the nearest of the candidates' codes [C, D], in float64 on the CPU; of equal distances
// the earlier candidate comes first. `own` [Q] int64 says which candidate is the query itself, -1 for none, and is
// never among its neighbours; undefined where no query is a candidate. K is `count`, or as many as every query has. The
// work grows with queries times candidates; `on_progress` is told how many queries are done.
Neighbours neighbours_of(const Tensor& queries, const Tensor& candidates, int64_t count, const Tensor& own = {},
                         const OnProgress& on_progress = {});

}  // namespace refract
