#include "refract/eval/forest.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/erfinv.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <opencv2/ml.hpp>

#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/eval/ranks.h"

namespace refract {
namespace {

constexpr int kTrees = 20;
constexpr int kDepth = 20;
constexpr int kMostTried = 8;  // dimensions at a node
constexpr int kSmallestSplit = 5;

using Forest = cv::Ptr<cv::ml::RTrees>;

// The same memory as OpenCV sees it; the tensor must be contiguous and live as long.
cv::Mat view(const Tensor& values, int type) {
  const int columns = values.dim() == 2 ? static_cast<int>(values.size(1)) : 1;
  return {static_cast<int>(values.size(0)), columns, type, values.data_ptr()};
}

Forest grown(const Tensor& codes, const Tensor& classes, uint64_t seed) {
  Forest forest = cv::ml::RTrees::create();
  forest->setMaxDepth(kDepth);
  forest->setMinSampleCount(kSmallestSplit);
  forest->setActiveVarCount(std::min(kMostTried, static_cast<int>(codes.size(1) + 1) / 2));
  forest->setTermCriteria({cv::TermCriteria::MAX_ITER, kTrees, 0});
  cv::theRNG().state = mix(seed, Stream::metrics);
  forest->train(view(codes, CV_32F), cv::ml::ROW_SAMPLE, view(classes, CV_32S));
  return forest;
}

struct Verdict {
  Tensor support;       // [N] float64: the part of the trees that vote for the row's class
  double accuracy = 0;  // of the majority
};

Verdict verdict(const Forest& forest, const Tensor& codes, const Tensor& classes) {
  cv::Mat counts;  // a line of classes, then one of votes for each row
  forest->getVotes(view(codes, CV_32F), counts, 0);
  const Tensor table = at::from_blob(counts.data, {counts.rows, counts.cols}, at::kInt);
  const Tensor votes = table.slice(0, 1);
  const Tensor own = table[0].unsqueeze(0).eq(classes.unsqueeze(1));
  const Tensor most = votes.eq(votes.amax(1, true));
  const Tensor right = (most & own).sum(1) / most.sum(1).to(at::kDouble);
  return {(votes * own).sum(1).to(at::kDouble) / kTrees, right.mean().item<double>()};
}

// Three, and beyond ten dimensions so many that no more of them all are taken for important by chance.
double standard_errors_of(int64_t dimensions) {
  constexpr double three = 3;
  constexpr int64_t few = 10;
  if (dimensions <= few) return three;
  const double beyond_three = std::erfc(three / std::sqrt(2.0));
  const double part = beyond_three * static_cast<double>(few) / static_cast<double>(dimensions);
  return std::sqrt(2.0) * at::erfinv(at::scalar_tensor(1 - part, at::kDouble)).item<double>();
}

// The mean of the values, or 0 where it lies within so many of its standard errors of that.
double clear_mean(const Tensor& values, double standard_errors) {
  const auto mean = values.mean().item<double>();
  const double error = values.std(0, true).item<double>() / std::sqrt(static_cast<double>(values.size(0)));
  return mean > standard_errors * error ? mean : 0;
}

}  // namespace

int64_t rows_shuffled(int64_t dimensions, int64_t scored) {
  constexpr int64_t readings = 100'000;
  constexpr int64_t fewest = 250;
  return std::min(scored, std::max(fewest, readings / dimensions));
}

ForestReading read_by_forest(const Tensor& codes, const Tensor& classes, const Division& rows, uint64_t seed) {
  const Tensor y = classes.to(at::kInt);
  const Tensor x = column_ranks(codes.index_select(0, at::cat({rows.fit, rows.score}))).to(at::kFloat);
  const Forest forest = grown(x.slice(0, 0, rows.fit.size(0)), y.index_select(0, rows.fit), seed);
  const Tensor score = x.slice(0, rows.fit.size(0));
  const Tensor truth = y.index_select(0, rows.score);
  const Verdict whole = verdict(forest, score, truth);
  ForestReading reading{at::zeros({codes.size(1)}, at::kDouble), whole.accuracy};
  // Rows are in random order (divided()).
  const int64_t judged = rows_shuffled(codes.size(1), truth.size(0));
  const Tensor some = score.slice(0, 0, judged), their = truth.slice(0, 0, judged);
  const Tensor support = whole.support.slice(0, 0, judged);
  const Tensor order = at::tensor(permutation(judged, mix(seed, Stream::metrics, 1)), at::kLong);
  const double clear = standard_errors_of(codes.size(1));
  for (int64_t d = 0; d < codes.size(1); ++d) {
    Tensor shuffled = some.clone();
    shuffled.select(1, d).copy_(some.select(1, d).index_select(0, order));
    reading.importance[d] = clear_mean(support - verdict(forest, shuffled, their).support, clear);
  }
  return reading;
}

}  // namespace refract
