// Which images of a data set train, fit the probes and score them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

// Of each split the numbers of its images.
class Splits {
 public:
  Indices& operator[](Split split) { return numbers_.at(place_of(split)); }
  const Indices& operator[](Split split) const { return numbers_.at(place_of(split)); }

 private:
  std::array<Indices, all_splits.size()> numbers_;
};

// Of these examples, `each` that are drawn by `key` fit, as many others score, and the rest trains: they are added to
// the splits of the set, in the order of the draw.
void divide(Splits& splits, Set set, const Indices& examples, int64_t each, uint64_t key);

// Each part of the set in the order of its numbers.
void sort_parts(Splits& splits, Set set);

// A set that is published in a training and a test part. Both have labels, so either may fit the probes; images that do
// are not among the unlabelled.
struct PartOptions {
  int64_t data_seed = 1;
  std::string fit_from = "test";
  int64_t fit_images = 5000;
  int64_t score_images = 5000;
  Options describe();
};

// Images 0 .. training - 1 are the training part, `test` others follow. Throws BadInput where they are too few; `name`
// is the data set's.
Splits splits_of(const std::string& name, int64_t training, int64_t test, const PartOptions& options);

// A set of all combinations of its factors: every image is unlabelled, and images of the same are drawn to fit and,
// disjointly, to score the probes. Work on unsupervised disentanglement evaluates so, on what it trained on (Locatello
// et al. 2019): the factors were never shown.
struct DrawOptions {
  int64_t data_seed = 1;
  int64_t fit_images = 10000;
  int64_t score_images = 10000;
  Options describe();
};

// Throws BadInput where there are fewer than are drawn.
Splits splits_of(const std::string& name, int64_t count, const DrawOptions& options);

}  // namespace refract
