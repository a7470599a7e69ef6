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

// "" where a model tells so many classes of examples of this space, and has features beside them, else a sentence that
// says what it has.
std::string lacks_opinion(const Model& classifier, const Space& space, int64_t classes);

// Of the first category of so many classes, and of the first block that is no category.
Opinion opinion_of(const Model& classifier, const Tensor& examples, int64_t classes);

// 1 where the likeliest class is the right one, else 0: [N] float64.
Tensor right_answers(const Opinion& opinion, const Tensor& classes);

// A small network trained for a bounded time: 300 steps take half a minute on two cores for pictures of 32x32.
struct JudgeTraining {
  int64_t steps = 300;  // at most
  int64_t passes = 30;  // over the examples, at most: few examples are not learned by heart
  int64_t batch = 64;
  int64_t width = 16;  // of the residual network; it has four times as many features

  [[nodiscard]] int64_t batch_of(int64_t examples) const;  // no larger than they are
  [[nodiscard]] int64_t steps_with(int64_t examples) const;
};

// Examples with their classes, [N, sizes...] and [N, 1] int64, by their numbers.
using ExamplesOf = std::function<Examples(const Indices& rows)>;

// The residual classifier (methods), ready to use on the CPU, trained on `count` >= 2 examples. The step size falls
// linearly to 0. A function of its arguments, on the CPU with the same number of threads; LibTorch's default generator
// is left alone. `on_progress` is told how many steps are done.
std::unique_ptr<Model> trained_judge(const Space& space, int64_t classes, int64_t count, const ExamplesOf& examples,
                                     uint64_t seed, const JudgeTraining& training, const OnProgress& on_progress = {});

}  // namespace refract
