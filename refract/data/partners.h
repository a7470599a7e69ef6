// Pairs of the same class.
#pragma once

#include <cstdint>
#include <vector>

#include "refract/data/source.h"

namespace refract {

// For each unlabelled example another one of its class, of the first attribute. Which one depends on (key, step, place
// in the batch) alone.
class Partners {
 public:
  // Throws BadInput where the set has no labels, where an example's class is unknown, or where a class has one example,
  // naming the classes.
  Partners(const DataSource& source, uint64_t key);

  [[nodiscard]] Indices of(const Indices& examples, int64_t step) const;

 private:
  uint64_t key_;
  std::vector<int64_t> class_of_;  // each example
  std::vector<int64_t> place_;     // of each example in its class
  std::vector<Indices> members_;   // of each class
};

}  // namespace refract
