// A classifier of codes: the adversary of a code that is to tell nothing of the labels, or what makes one tell them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "refract/methods/label_set.h"
#include "refract/nn/layers.h"

namespace refract {

class LabelClassifier : public torch::nn::Module {
 public:
  struct Shape {
    int64_t layers = 1;                   // hidden ones
    int64_t features = 256;               // of each of them
    std::vector<std::string> names = {};  // of all layers in checkpoints; empty: layer0, layer1 and so on
  };
  LabelClassifier(int64_t codes, const Shape& shape, LabelSet labels);

  // Of codes [N, codes]: [N, values], normalised for each column of the labels.
  [[nodiscard]] Tensor log_probabilities(const Tensor& codes) const;

  // Draws all weights anew as at the start, from LibTorch's default generator.
  void start_anew();

 private:
  LabelSet labels_;
  std::vector<std::shared_ptr<Linear>> layers_;
  std::vector<double> gains_;
};

// Means over the examples whose label is known, summed over the columns, 0-dim, of log-probabilities [N, values]: the
// cross-entropy with the label (Zheng and Sun 2019, Eqs. 4 and 8) and with all values alike (Eq. 5). `seen` are the
// indicators of the labels.
Tensor cross_entropy_with_label(const LabelSet& labels, const Tensor& log_probabilities, const Tensor& seen);
Tensor cross_entropy_with_uniform(const LabelSet& labels, const Tensor& log_probabilities, const Tensor& seen);

// The least value of the second: that of all values alike.
double entropy_of_uniform(const LabelSet& labels);

// Codes [N, D] less their mean over the batch, in units of their deviations over it: an adversary that reads them so
// finds what hides in small differences, too.
Tensor standardised(const Tensor& codes);

}  // namespace refract
