// Steps of a method. On a GPU launching hundreds of small operations takes longer than computing them: there a step is
// captured once as a CUDA graph and then replayed.
#pragma once

#include <memory>

#include "refract/methods/method.h"

namespace refract {

struct Stepped {
  Scalars terms;
  Update update;
};

// Whether this LibTorch can capture steps: built with CUDA, and of version 2.3 or later, where a replayed graph draws
// from the generator's present seed.
bool can_capture();

// Holds a CUDA stream, which is the calling thread's as long as the object lives, if the method is on a GPU.
class Stepper {
 public:
  // `capture` is ignored where it is not possible.
  explicit Stepper(Method& method, bool capture = true);
  ~Stepper();
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  // The batch is on the method's device, and has the same sizes every time. `phase` is the step's (Method::phase);
  // where it changes, the step is captured anew. The result holds until the next step.
  Stepped step(const Batch& batch, double rate, double progress, int64_t phase = 0);

 private:
  class Capture;

  Method& method_;
  std::unique_ptr<Capture> capture_;  // null: plain steps
};

}  // namespace refract
