// The classifiers that generated examples are judged by, and that are trained on them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "refract/core/progress.h"
#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

// What a classifier says of N examples.
struct Opinion {
  Tensor probabilities;  // [N, classes] float64
  Tensor features;       // [N, F] float64
};

// "" where a model tells the values of this attribute, a position in attributes_of(info), of the examples of these
// data, and has features beside them, else a sentence that says what it has.
std::string lacks_opinion(const Model& classifier, const DataInfo& info, size_t attribute);

// The category by which it does, a position in blocks(). Throws BadInput as lacks_opinion says it.
size_t judging_category(const Model& classifier, const DataInfo& info, size_t attribute);

// Some of a set of examples, read or made again at every call: those with these numbers, in this order, [M, sizes...]
// and their classes, [M, 1] int64 or undefined, on the CPU.
using ExamplesOf = std::function<Examples(const Indices& rows)>;

// Of examples 0 to `count` - 1, at most 250 at a time and fewer where they are larger than 64x64 pixels: what this
// category says, and the first block that is no category.
Opinion opinion_of(const Model& classifier, size_t category, const ExamplesOf& examples, int64_t count);

// 1 where the likeliest class is the right one, else 0: [N] float64.
Tensor right_answers(const Opinion& opinion, const Tensor& classes);

// A small network, trained for a bounded time.
struct JudgeTraining {
  int64_t steps = 300;  // at most
  int64_t passes = 30;  // over the examples, at most: few examples are not learned by heart
  int64_t batch = 64;
  int64_t width = 16;  // of the residual network; it has four times as many features

  [[nodiscard]] int64_t batch_of(int64_t examples) const;  // no larger than they are
  [[nodiscard]] int64_t steps_with(int64_t examples) const;
};

// The residual classifier (methods), ready to use on the CPU, trained on `count` >= 2 examples; its category is the
// first block. The step size falls
// linearly to 0. A function of its arguments, on the CPU with the same number of threads; LibTorch's default generator
// is left alone. `on_progress` is told how many steps are done.
std::unique_ptr<Model> trained_judge(const Space& space, int64_t classes, int64_t count, const ExamplesOf& examples,
                                     uint64_t seed, const JudgeTraining& training, const OnProgress& on_progress = {});

}  // namespace refract
