// What a training step receives, and how a method asks for it.
#pragma once

#include <cstdint>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// What a method's step wants to find in a Batch. The loader fills it; a data set that cannot is refused in a sentence.
struct Needs {
  bool reference = false;             // images in which the target factors are constant
  bool second = false;                // a second batch of unlabelled images, drawn independently
  int64_t labelled = 0;               // unlabelled images whose labels may be seen, to draw side batches from; 0: none
  std::vector<int64_t> classes = {};  // as many as the method has, for each attribute; empty: any
  int64_t least_batch = 1;            // images of each kind in a step: more than 1 where a term compares them
  bool balanced = true;               // as many of them of each class of the first attribute, or at random
};

struct Batch {
  // [N, C, H, W], float, [-1, 1].
  Tensor images;     // unlabelled images
  Tensor reference;  // an independent draw from the reference set; undefined unless needed
  Tensor second;     // another independent draw of unlabelled images; undefined unless needed

  // A side batch of the labelled images; undefined unless needed.
  Tensor labelled;    // [B, C, H, W], float, [-1, 1]; B is N, or Needs::labelled where that is less
  Tensor attributes;  // [B, K] int64, see DataSource::attributes: -1 where unknown

  int64_t population = 0;  // how many unlabelled images there are to draw from; 0 where nobody said

  // All tensors, for what is done to each alike.
  [[nodiscard]] std::vector<Tensor*> fields() { return {&images, &reference, &second, &labelled, &attributes}; }
};

}  // namespace refract
