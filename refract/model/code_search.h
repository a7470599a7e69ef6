// The search for codes whose decoding agrees with the visible part of pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "refract/model/inpaint.h"

namespace refract {

// Of a few pictures at once. All sums are of one picture alone, so that pictures do not act on each other.
class CodeSearch {
 public:
  // All must outlive it. `visible` is 1 or 0, [1, H, W].
  CodeSearch(const Model& model, const Tensor& images, const Tensor& visible, const InpaintSettings& settings);

  // What is minimised, in nats but for a constant: [N].
  [[nodiscard]] Tensor objective(const Codes& codes) const;

  // Codes to start from, the best first. `codes` are those of the encoder, or any where the model has none. Each class
  // of each category is tried: blocks whose prior depends on it are brought within three standard deviations of the
  // prior's mean.
  [[nodiscard]] std::vector<Codes> starts(const Codes& codes) const;

  // By Adam from these codes; the classes stay. `on_step` is told how many steps are done.
  [[nodiscard]] Codes descended(const Codes& start, const std::function<void(int64_t step)>& on_step) const;

 private:
  [[nodiscard]] Gaussian prior_of(size_t block, const Codes& codes) const;
  [[nodiscard]] Codes settled(Codes codes) const;
  [[nodiscard]] Codes with_class(Codes codes, size_t category, const Tensor& classes) const;
  [[nodiscard]] std::vector<Codes> narrowed(const std::vector<Codes>& beam, size_t category) const;

  const Model& model_;
  const Tensor& images_;
  const Tensor& visible_;
  const InpaintSettings& settings_;
  std::vector<Gaussian> priors_;    // one a block, [1 or classes, size]; a standard normal where there is none
  std::vector<Tensor> log_shares_;  // of a category with a prior, [1, classes]; else undefined
};

}  // namespace refract
