#include "refract/methods/label_classifier.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace refract {
namespace {

// The sum of term(log-probabilities, indicators) over the columns.
template <class Term>
Tensor summed_over_columns(const LabelSet& labels, const Tensor& log_probabilities, const Tensor& seen, Term term) {
  const std::vector<Tensor> said = log_probabilities.split_with_sizes(labels.sizes, 1);
  const std::vector<Tensor> right = seen.split_with_sizes(labels.sizes, 1);
  Tensor sum = term(said.front(), right.front());
  for (size_t k = 1; k < said.size(); ++k) sum = sum + term(said[k], right[k]);
  return sum;
}

}  // namespace

LabelClassifier::LabelClassifier(int64_t codes, const Shape& shape, LabelSet labels) : labels_(std::move(labels)) {
  int64_t in = codes;
  for (int64_t i = 0; i <= shape.layers; ++i) {
    const bool last = i == shape.layers;
    gains_.push_back(last ? kPlain : kActivated);
    const auto layer = std::make_shared<Linear>(in, last ? labels_.values() : shape.features, gains_.back());
    const std::string name = shape.names.empty() ? fmt::format("layer{}", i) : shape.names.at(static_cast<size_t>(i));
    layers_.push_back(register_module(name, layer));
    in = shape.features;
  }
}

Tensor LabelClassifier::log_probabilities(const Tensor& codes) const {
  Tensor h = codes;
  for (size_t i = 0; i + 1 < layers_.size(); ++i) h = at::leaky_relu(layers_[i]->forward(h), kSlope);
  std::vector<Tensor> columns;
  for (const Tensor& logits : layers_.back()->forward(h).split_with_sizes(labels_.sizes, 1))
    columns.push_back(logits.log_softmax(1));
  return at::cat(columns, 1);
}

void LabelClassifier::start_anew() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < layers_.size(); ++i)
    for (Tensor& parameter : layers_[i]->parameters())
      if (parameter.dim() == 2)
        parameter.normal_(0, std::sqrt(gains_[i] / static_cast<double>(parameter.size(1))));
      else
        parameter.zero_();
}

Tensor cross_entropy_with_label(const LabelSet& labels, const Tensor& log_probabilities, const Tensor& seen) {
  return summed_over_columns(labels, log_probabilities, seen, [](const Tensor& said, const Tensor& right) {
    return -(right * said).sum() / right.sum().clamp_min(1);
  });
}

Tensor cross_entropy_with_uniform(const LabelSet& labels, const Tensor& log_probabilities, const Tensor& seen) {
  return summed_over_columns(labels, log_probabilities, seen, [](const Tensor& said, const Tensor& right) {
    return -(right.sum(1) * said.mean(1)).sum() / right.sum().clamp_min(1);
  });
}

Tensor standardised(const Tensor& codes) {
  constexpr double least_variance = 1e-6;
  const Tensor centred = codes - codes.mean(0, true);
  return centred / (centred.square().mean(0, true) + least_variance).sqrt();
}

double entropy_of_uniform(const LabelSet& labels) {
  double sum = 0;
  for (const int64_t size : labels.sizes) sum += std::log(static_cast<double>(size));
  return sum;
}

}  // namespace refract
