// Notices numbers that are no longer finite.
#pragma once

#include <string>
#include <vector>

#include "refract/methods/method.h"
#include "refract/train/averages.h"

namespace refract {

class DivergenceCheck {
 public:
  explicit DivergenceCheck(Method& method);

  // Remembers how often each player has moved: one whose gradient is not finite stays where it is.
  void begin_step();

  // What was not finite, as a part of a sentence: "the term 'kl'", "the gradient of the player 'model'", "the weight
  // 'model/e_r'"; "" where all was finite. Each reads the device.
  [[nodiscard]] std::string in_step(const TermMeans& terms, const Update& update) const;
  [[nodiscard]] std::string in_weights() const;

 private:
  [[nodiscard]] std::string gradient() const;

  Method& method_;
  std::vector<Tensor> counters_;  // of each player, aliasing its own
  std::vector<Tensor> before_;
};

}  // namespace refract
