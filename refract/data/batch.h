// What a training step receives, and how a method asks for it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

struct Examples {
  Tensor x;       // [N, sizes...] float, in the units of the data set's space
  Tensor labels;  // [N, K] int64, see DataSource::attributes: -1 where unknown; undefined where nobody asked

  Examples() = default;
  Examples(Tensor values, Tensor its_labels = {}) : x(std::move(values)), labels(std::move(its_labels)) {}
};

// One kind of examples in a batch, drawn independently of the others.
struct Draw {
  bool wanted = false;
  bool labels = false;  // fill Examples::labels, too
  int64_t batches = 1;  // of second: so many batches, one after another
};

// What becomes of unlabelled examples that have no partner: those of a class with one example, and those without a
// label.
enum class Lonely {
  refuse,     // the data set is refused, and the classes are named
  leave_out,  // main never draws them; a note tells how many they are
};

// What a method's step expects in a Batch. The loader fills it. A data set that cannot supply it is refused.
struct Needs {
  Draw main = {.wanted = true};    // unlabelled examples
  Draw second = {};                // another draw of them
  Draw partner = {};               // for each example of main another one of the same class, of the first attribute
  Lonely lonely = Lonely::refuse;  // where partners are wanted
  Draw reference = {};             // examples in which the target factors are constant
  int64_t labelled = 0;            // unlabelled examples whose labels may be seen, to draw side batches from; 0: none
  std::vector<int64_t> classes = {};  // as many as the method has, for each attribute; empty: any
  int64_t least_batch = 1;            // examples of each kind in a step: more than 1 where a term compares them
  bool balanced = true;               // as many labelled ones of each class of an attribute (labelled.h), or at random
};

struct Batch {
  Examples main, second, partner, reference;  // N each, or Draw::batches times N; undefined unless needed
  Examples labelled;  // a side batch with its labels: N, or Needs::labelled where that is less; undefined unless needed

  int64_t population = 0;  // how many unlabelled examples main draws from; 0 where nobody said

  [[nodiscard]] int64_t size() const { return main.x.size(0); }

  // All tensors, for what is done to each alike.
  [[nodiscard]] std::vector<Tensor*> fields() {
    std::vector<Tensor*> all;
    for (Examples* examples : {&main, &second, &partner, &reference, &labelled}) {
      all.push_back(&examples->x);
      all.push_back(&examples->labels);
    }
    return all;
  }
};

}  // namespace refract
