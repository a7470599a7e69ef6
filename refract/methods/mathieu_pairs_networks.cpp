#include "refract/methods/mathieu_pairs_networks.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softplus.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "refract/optim/shared_pass.h"

namespace refract {
namespace {

constexpr size_t kLookUps = 3;

Architecture of_adversary(Architecture architecture) {
  if (architecture.style == Architecture::Style::normed3) architecture.style = Architecture::Style::normed5;
  architecture.slope = kSlope;
  return architecture;
}

Tensor adversarys_loss(const Tensor& of_real, const Tensor& of_swapped, const Tensor& weights, double real_label) {
  return cross_entropy_to(of_real, real_label).mean() + weighted_mean(cross_entropy_to(of_swapped, 0), weights);
}

Verdicts judge_together(const LabelledAdversary& adversary, const Judged& judged, double real_label) {
  const int64_t n = judged.real.size(0);
  std::vector<Tensor> examples = {judged.real, judged.swapped};
  if (judged.drawn.defined()) examples.push_back(judged.drawn);
  const Tensor seen = judged.seen.repeat({std::ssize(examples), 1});
  const auto network = [&](const std::vector<Tensor>& leaves) { return adversary.forward(leaves[0], leaves[1], n); };
  const auto loss = [&](const Tensor& verdicts) {
    return adversarys_loss(verdicts.slice(0, 0, n), verdicts.slice(0, n, 2 * n), judged.weights, real_label);
  };
  const SharedPass pass = shared_pass({at::cat(examples), seen}, adversary.parameters(), network, loss);
  return {pass.verdicts.slice(0, n, 2 * n), judged.drawn.defined() ? pass.verdicts.slice(0, 2 * n) : Tensor(),
          pass.loss};
}

Verdicts judge_apart(const LabelledAdversary& adversary, const Judged& judged, double real_label) {
  const Tensor of_real = adversary.forward(judged.real, judged.seen);
  const Tensor of_swapped = adversary.forward(judged.swapped, judged.seen);
  return {of_swapped, judged.drawn.defined() ? adversary.forward(judged.drawn, judged.seen) : Tensor(),
          adversarys_loss(of_real, of_swapped, judged.weights, real_label)};
}

}  // namespace

PairsEncoder::PairsEncoder(const Space& space, const Architecture& architecture, const Shape& shape)
    : trunk_(register_module("trunk", make_trunk(space, architecture))) {
  const int64_t features = trunk_->features();
  if (shape.s > 0) head_s_ = register_module("s", std::make_shared<Linear>(features, shape.s, kPlain));
  if (shape.z > 0) head_z_ = register_module("z", std::make_shared<GaussianHead>(features, shape.z, shape.sigma));
}

LabelledAdversary::LabelledAdversary(const Space& space, const Architecture& architecture, const LabelSet& labels,
                                     double dropout)
    : dropout_(dropout),
      mixes_examples_(architecture.mixes_examples(space)),
      trunk_(register_module("trunk", make_trunk(space, of_adversary(architecture)))),
      head_(register_module("head", std::make_shared<Linear>(trunk_->features(), 1, kPlain))) {
  const double scale = 1 / std::sqrt(static_cast<double>(labels.columns.size()));  // what is added has unit variance
  for (size_t i = 0; i < std::min(kLookUps, trunk_->maps().size()); ++i) {
    const std::string name = fmt::format("labels{}", i);
    tables_.push_back(register_parameter(name, at::randn({labels.values(), trunk_->maps()[i]}) * scale));
  }
}

Tensor LabelledAdversary::forward(const Tensor& x, const Tensor& seen, int64_t data) const {
  std::vector<Tensor> added;
  for (const Tensor& table : tables_) added.push_back(seen.matmul(table));
  const Tensor features = trunk_->forward(x, data, added);
  return head_->forward(at::dropout(features, dropout_, is_training())).squeeze(1);
}

Tensor weighted_mean(const Tensor& each, const Tensor& weights) {
  if (!weights.defined()) return each.mean();
  return (each * weights).sum() / weights.sum().clamp_min(1);
}

Tensor cross_entropy_to(const Tensor& verdicts, double real) {
  return real * at::softplus(-verdicts) + (1 - real) * at::softplus(verdicts);
}

Verdicts judge(const LabelledAdversary& adversary, const Judged& judged, double real_label) {
  return adversary.mixes_examples() ? judge_apart(adversary, judged, real_label)
                                    : judge_together(adversary, judged, real_label);
}

}  // namespace refract
