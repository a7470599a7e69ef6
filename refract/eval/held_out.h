// Which images fit a probe and which score it, and how sure a score is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "refract/eval/features.h"
#include "refract/eval/metric.h"

namespace refract {

// Numbers of images count those of split fit from 0, then those of split score.
struct Fold {
  Tensor fit, score;  // int64
};

// With 500 images in split score or more, split fit fits and split score scores. With fewer, five folds of the images
// of both splits score in turn, each by what the other four fitted: every image scores once.
class HeldOut {
 public:
  // `classes` [fit + score] int64 is spread evenly over the folds; undefined where there are none.
  HeldOut(int64_t fit, int64_t score, const Tensor& classes = {});

  [[nodiscard]] const std::vector<Fold>& folds() const { return folds_; }

  // Rows of the images that score, in the order of predictions().
  [[nodiscard]] Tensor scored(const Tensor& of_all_images) const;

  // What a reader says of `asked` [M, D] once it was fitted to features [N, D] and their truth [N, ...].
  using Reader = std::function<Tensor(const Tensor& features, const Tensor& truth, const Tensor& asked)>;

  // What `reader` says of each image that scores. `truth` is that of all images.
  [[nodiscard]] Tensor predictions(const FeatureSet& set, const Tensor& truth, const Reader& reader) const;

  // "fitted on 5000 images, scored on 5000 others"
  [[nodiscard]] std::string protocol() const;

 private:
  int64_t fit_, score_;
  std::vector<Fold> folds_;
};

// Means over the rows of errors [N, K] with their standard errors; then, where wanted, the average of the means.
MetricTable::Row mean_errors(std::string name, const Tensor& errors, bool average);

// The part of each class that is recognised, and its standard error with one success and one failure added, so that a
// few images are never certain; then the average over the classes. A class without images has no value.
MetricTable::Row recognised(std::string name, const Tensor& predicted, const Tensor& truth, int64_t classes);

// Of the mean of values [N]; NaN for fewer than two.
double standard_error(const Tensor& values);

// Whether the mean of values [N] lies two standard errors above 0, or a value that many above a bound.
bool clearly_positive(const Tensor& values);
bool clearly_above(double value, double spread, double bound);

// "Not distinguishable from WHAT: e, z." for rows of these names; "" for none.
std::string indistinguishable(const std::string& what, const std::vector<std::string>& rows);

}  // namespace refract
