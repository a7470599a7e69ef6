// Precision of retrieval, for the metric and for the user's own images.
#pragma once

#include "refract/eval/metric.h"
#include "refract/eval/search.h"

namespace refract {

// For each block, for each baseline of the search, and for a random guess: the share of each query's 1, 5 and 10
// nearest candidates that have the query's value, averaged over the queries; columns "label @1", "label @5" and so on
// for each of search.known, then their average where there are several. Candidates and queries whose value is unknown
// do not count. NaN where a query has fewer candidates. Throws BadInput for codes that are not finite.
MetricTable retrieval_table(const Model& model, const Search& search);

}  // namespace refract
