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
};

// What becomes of examples that are the only one of their class, where partners are wanted.
enum class Lonely {
  refuse,     // the data set is refused
  leave_out,  // they are left out of `main`
};

// What a method's step expects in a Batch. The loader fills it. A data set that cannot supply it is refused.
struct Needs {
  Draw main = {.wanted = true};  // unlabelled examples
  Draw second = {};              // another draw of them
  Draw partner = {};             // for each example of main another one of the same class, of the first attribute
  Draw reference = {};           // examples in which the target factors are constant
  int64_t labelled = 0;          // unlabelled examples whose labels may be seen, to draw side batches from; 0: none
  std::vector<int64_t> classes = {};  // as many as the method has, for each attribute; empty: any
  int64_t least_batch = 1;            // examples of each kind in a step: more than 1 where a term compares them
  bool balanced = true;               // as many labelled ones of each class of the first attribute, or at random
  Lonely lonely = Lonely::refuse;     // partners
};

struct Batch {
  Examples main, second, partner, reference;  // N each; undefined unless needed
  Examples labelled;  // a side batch with its labels: N, or Needs::labelled where that is less; undefined unless needed

  int64_t population = 0;  // how many unlabelled examples there are to draw from; 0 where nobody said

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
