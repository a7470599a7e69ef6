// A small network that reads labels from a representation: it finds what no linear reader does.
#pragma once

#include <cstdint>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/eval/columns.h"

namespace refract {

// One hidden layer of 256 units is that of Mathieu et al. 2016, Sec. 5; the dropout is from the authors' code. They say
// nothing of the rest. A round is a pass over the rows, or as many passes as 100 steps need.
struct ProbeOptions {
  int64_t hidden = 256;         // units (ReLU)
  double dropout = 0.5;         // part of them that a training step leaves out
  double learning_rate = 1e-3;  // of Adam
  int64_t batch = 128;          // rows a step
  int64_t most_rounds = 50;
  int64_t patience = 5;  // rounds without progress on the validation rows that end the fit
};

// Representations with what they are labelled with, one column an attribute.
struct LabelledRows {
  Tensor features;  // [N, D], any real type
  Tensor labels;    // [N, K] int64, -1 where unknown
};

// A hidden layer, and a softmax for each attribute.
struct ProbeNetwork {
  Standardizer standard;
  std::vector<int64_t> classes;  // of each attribute
  Tensor hidden_weight, hidden_bias, weight, bias;

  // The logits of each attribute's classes: [N, D] -> [N, classes[k]] float each.
  [[nodiscard]] std::vector<Tensor> logits(const Tensor& features) const;

  // The likeliest class of each attribute: [N, D] -> [N, K] int64.
  [[nodiscard]] Tensor operator()(const Tensor& features) const;
};

struct FittedProbe {
  ProbeNetwork network;
  std::vector<double> losses;  // of the validation rows after each round, as cross_entropy() gives them
  size_t best = 0;             // the round whose weights the network has: that of the least loss
};

// Fits a network to `fitted`, whose features are standardised, and ends by early stopping: when the loss of
// `validation` has not fallen by a thousandth of a nat for `patience` rounds. Unknown labels count for nothing.
// `classes` says how many each attribute has. A function of its arguments, on the CPU with the same number of threads;
// LibTorch's default generator is left alone. Throws BadInput for shapes that do not fit, for features that are not
// finite, for labels out of range, and where no label of the one or the other rows is known.
FittedProbe fit_probe_network(const LabelledRows& fitted, const LabelledRows& validation,
                              const std::vector<int64_t>& classes, uint64_t seed, const ProbeOptions& options = {});

// Mean over the rows of -log p(label), summed over their known labels, in nats.
double cross_entropy(const ProbeNetwork& network, const LabelledRows& rows);

}  // namespace refract
