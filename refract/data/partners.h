// Pairs of the same class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/data/batch.h"
#include "refract/data/source.h"

namespace refract {

// For each unlabelled example another one of its class, of the first attribute. Which one depends on (key, step, place
// in the batch) alone.
class Partners {
 public:
  // Throws BadInput where the set has no labels, or where no class has two examples. An example whose class is unknown,
  // or that is the only one of its class, is refused, naming the classes, or left out.
  Partners(const DataSource& source, uint64_t key, Lonely lonely = Lonely::refuse);

  // Of examples that have one.
  [[nodiscard]] Indices of(const Indices& examples, int64_t step) const;

  // The examples that have a partner, in ascending order.
  [[nodiscard]] const Indices& paired() const { return paired_; }

  // A sentence or two on the examples that were left out; "" where all have a partner.
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  void sort(const Tensor& labels);  // [N] int64, by class

  uint64_t key_;
  std::vector<int64_t> class_of_;  // each example; -1 where it is unknown
  std::vector<int64_t> place_;     // of each example in its class; -1 where that is unknown
  std::vector<Indices> members_;   // of each class
  Indices paired_;
  std::string note_;
};

}  // namespace refract
