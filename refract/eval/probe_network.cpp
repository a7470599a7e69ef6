#include "refract/eval/probe_network.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/optim/player.h"

namespace refract {
namespace {

constexpr int64_t kLeastSteps = 100;  // in a round
constexpr double kProgress = 1e-3;    // nats

Tensor plain_features(const Tensor& features) {
  return features.detach().to(at::kCPU, at::kDouble);
}

// As the network reads them. What is left of an offset in float32 is lost where float32 takes it off.
Tensor standardised(const Standardizer& standard, const Tensor& features) {
  return standard(plain_features(features)).to(at::kFloat);
}

void check_labelled_rows(const char* which, const LabelledRows& rows, const std::vector<int64_t>& classes) {
  const auto& [x, y] = rows;
  const auto attributes = std::ssize(classes);
  if (x.dim() != 2 || x.size(0) == 0 || x.size(1) == 0 || y.dim() != 2 || y.size(0) != x.size(0) ||
      y.size(1) != attributes)
    throw BadInput(
        fmt::format("Fitting a probe network: expected {} features [N, D] and labels [N, {}] of the same N >= 1, found "
                    "[{}] and [{}].",
                    which, attributes, fmt::join(x.sizes(), ", "), fmt::join(y.sizes(), ", ")));
  if (!at::isfinite(x).all().item<bool>())
    throw BadInput(
        fmt::format("Fitting a probe network: expected finite {} features, found NaN or infinity; a model whose "
                    "training diverged gives such codes.",
                    which));
  for (int64_t k = 0; k < attributes; ++k) {
    const Tensor labels = y.select(1, k);
    const auto lowest = labels.min().item<int64_t>(), highest = labels.max().item<int64_t>();
    const int64_t size = classes[static_cast<size_t>(k)];
    if (lowest < -1 || highest >= size)
      throw BadInput(
          fmt::format("Fitting a probe network: expected {} labels from 0 to {}, or -1 where unknown, in column {}, "
                      "found {} to {}.",
                      which, size - 1, k + 1, lowest, highest));
  }
  if (y.lt(0).all().item<bool>())
    throw BadInput(fmt::format("Fitting a probe network: expected {} rows with a known label, found none.", which));
}

// Uniform within 1 / sqrt(inputs), as LibTorch's own layers begin.
Tensor first_weights(const std::vector<int64_t>& sizes, int64_t inputs, const at::Generator& generator) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  return at::empty(sizes).uniform_(-bound, bound, generator).requires_grad_();
}

ProbeNetwork new_network(const Tensor& features, const std::vector<int64_t>& classes, int64_t hidden,
                         const at::Generator& generator) {
  const int64_t inputs = features.size(1);
  const int64_t outputs = std::accumulate(classes.begin(), classes.end(), int64_t{0});
  const Tensor hidden_weight = first_weights({hidden, inputs}, inputs, generator);
  const Tensor hidden_bias = first_weights({hidden}, inputs, generator);
  const Tensor weight = first_weights({outputs, hidden}, hidden, generator);
  const Tensor bias = first_weights({outputs}, hidden, generator);
  return {Standardizer(plain_features(features), kFloatRounding), classes, hidden_weight, hidden_bias, weight, bias};
}

ProbeNetwork copied(const ProbeNetwork& network) {
  const auto copy = [](const Tensor& weights) { return weights.detach().clone(); };
  return {network.standard,          network.classes,      copy(network.hidden_weight),
          copy(network.hidden_bias), copy(network.weight), copy(network.bias)};
}

// Of standardised features [N, D]: [N, hidden].
Tensor hidden_units(const ProbeNetwork& network, const Tensor& x) {
  return at::linear(x, network.hidden_weight, network.hidden_bias).relu();
}

std::vector<Tensor> heads(const ProbeNetwork& network, const Tensor& hidden) {
  return at::linear(hidden, network.weight, network.bias).split_with_sizes(network.classes, 1);
}

// Over all rows and attributes; unknown labels add nothing.
Tensor summed_cross_entropy(const std::vector<Tensor>& logits, const Tensor& labels) {
  Tensor sum = at::zeros({});
  for (size_t k = 0; k < logits.size(); ++k) {
    const Tensor truth = labels.select(1, static_cast<int64_t>(k)).contiguous();
    sum = sum + at::cross_entropy_loss(logits[k], truth, {}, at::Reduction::Sum, /*ignore_index=*/-1);
  }
  return sum;
}

// The steps of a fit, a round at a time.
class ProbeTraining {
 public:
  ProbeTraining(const LabelledRows& rows, const std::vector<int64_t>& classes, uint64_t seed,
                const ProbeOptions& options)
      : options_(options),
        generator_(generator_of(seed)),
        order_(rows.features.size(0), scramble(seed)),
        network_(new_network(rows.features, classes, options.hidden, generator_)),
        x_(standardised(network_.standard, rows.features)),
        labels_(rows.labels),
        player_("probe", {options.learning_rate, 0.9, 0.999, 1e-8}) {
    player_.own("hidden_weight", network_.hidden_weight);
    player_.own("hidden_bias", network_.hidden_bias);
    player_.own("weight", network_.weight);
    player_.own("bias", network_.bias);
  }

  [[nodiscard]] const ProbeNetwork& network() const { return network_; }

  void round() {
    const int64_t batch = std::min(options_.batch, x_.size(0));
    const int64_t pass = (x_.size(0) + batch - 1) / batch;
    for (int64_t left = (kLeastSteps + pass - 1) / pass * pass; left > 0; --left) step(batch);
  }

 private:
  void step(int64_t batch) {
    const at::AutoGradMode with_gradients(true);
    const Tensor rows = at::tensor(order_.take(taken_, batch), at::kLong);
    taken_ += batch;
    const Tensor hidden = hidden_units(network_, x_.index_select(0, rows));
    const double kept = 1 - options_.dropout;
    const Tensor mask = at::empty(hidden.sizes()).bernoulli_(kept, generator_) / kept;
    const Tensor loss = summed_cross_entropy(heads(network_, hidden * mask), labels_.index_select(0, rows));
    Update().descend({{player_, loss / batch}});
  }

  ProbeOptions options_;
  at::Generator generator_;
  Order order_;
  ProbeNetwork network_;
  Tensor x_, labels_;
  Player player_;
  int64_t taken_ = 0;
};

}  // namespace

std::vector<Tensor> ProbeNetwork::logits(const Tensor& features) const {
  const at::NoGradGuard no_grad;
  return heads(*this, hidden_units(*this, standardised(standard, features)));
}

Tensor ProbeNetwork::operator()(const Tensor& features) const {
  std::vector<Tensor> likeliest;
  for (const Tensor& scores : logits(features)) likeliest.push_back(scores.argmax(1));
  return at::stack(likeliest, 1);
}

double cross_entropy(const ProbeNetwork& network, const LabelledRows& rows) {
  const Tensor sum = summed_cross_entropy(network.logits(rows.features), rows.labels);
  return sum.item<double>() / static_cast<double>(rows.features.size(0));
}

FittedProbe fit_probe_network(const LabelledRows& fitted, const LabelledRows& validation,
                              const std::vector<int64_t>& classes, uint64_t seed, const ProbeOptions& options) {
  check_labelled_rows("fitted", fitted, classes);
  check_labelled_rows("validation", validation, classes);
  ProbeTraining training(fitted, classes, seed, options);
  FittedProbe found{training.network(), {}};
  double least = std::numeric_limits<double>::infinity(), mark = least;
  int64_t without_progress = 0;
  for (int64_t round = 0; round < options.most_rounds && without_progress < options.patience; ++round) {
    training.round();
    const double loss = cross_entropy(training.network(), validation);
    found.losses.push_back(loss);
    if (loss < least) {
      least = loss;
      found.best = found.losses.size() - 1;
      found.network = copied(training.network());
    }
    const bool progress = loss < mark - kProgress;
    if (progress) mark = loss;
    without_progress = progress ? 0 : without_progress + 1;
  }
  return found;
}

}  // namespace refract
