// How much each latent dimension says, and how much of its KL says nothing.
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "refract/eval/features.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

// Means over the images of split score: [block.size] each, undefined for a block without a KL. Empty where the model
// does not tell.
Codes mean_kl(const Model& model, const DataSource& data) {
  Codes sums;
  for_each_slice(data, Split::score, [&](const Tensor& images) {
    const Codes kl = model.kl(images);
    sums.resize(kl.size());
    for (size_t b = 0; b < kl.size(); ++b) {
      if (!kl[b].defined()) continue;
      const Tensor sum = kl[b].to(at::kCPU, at::kDouble).sum(0);
      sums[b] = sums[b].defined() ? sums[b] + sum : sum;
    }
  });
  for (Tensor& sum : sums)
    if (sum.defined()) sum = sum / data.count(Split::score);
  return sums;
}

// KL of the Gaussian with the codes' mean and variance from the prior: [D].
Tensor moment_kl(const Tensor& codes, const Gaussian& prior) {
  const Gaussian moments{codes.mean(0, true), codes.var(0, /*unbiased=*/false, true).log()};
  return moments.kl_of_dimensions(prior).squeeze(0);
}

// The same for each class, weighted by how many codes [N, D] have it; classes are one-hot, [N, K].
Tensor class_moment_kl(const Tensor& codes, const Tensor& classes, const Gaussian& priors) {
  Tensor sum = at::zeros_like(codes[0]);
  for (int64_t k = 0; k < classes.size(1); ++k) {
    const Tensor members = codes.index({classes.argmax(1).eq(k)});
    if (members.size(0) < 2) continue;  // no variance, no weight to speak of
    sum = sum + moment_kl(members, priors.rows(k, k + 1)) * (static_cast<double>(members.size(0)) / codes.size(0));
  }
  return sum;
}

// Of each block with a KL.
Codes mismatch(const Model& model, const std::vector<FeatureSet>& drawn, const Codes& kl) {
  Codes all(kl.size());
  for (size_t b = 0; b < drawn.size(); ++b) {
    const Tensor codes = drawn[b].score.to(at::kDouble);
    if (!kl[b].defined()) continue;
    const auto known = [](const Tensor& of_prior) { return of_prior.detach().to(at::kCPU, at::kDouble); };
    const Gaussian of_model = model.prior(b);
    const Gaussian prior{known(of_model.mean), known(of_model.log_variance)};
    const std::optional<size_t> given = model.blocks()[b].given;
    all[b] = given ? class_moment_kl(codes, drawn.at(*given).score.to(at::kDouble), prior) : moment_kl(codes, prior);
  }
  return all;
}

std::string lacks_gaussians(const Model& model, const DataSource& data) {
  if (const std::string missing = lacks_encoder(model); !missing.empty()) return missing;
  const at::NoGradGuard no_grad;
  const Codes kl = model.kl(data.examples(Split::score, {0}));
  if (std::any_of(kl.begin(), kl.end(), [](const Tensor& of_block) { return of_block.defined(); })) return "";
  return fmt::format("This measures Gaussian posteriors, but the model has codes without: {}.", listed_blocks(model));
}

MetricTable measure_kl(const Model& model, const DataSource& data, const Model* /*untrained*/,
                       const OnProgress& /*on_progress*/) {
  const at::NoGradGuard no_grad;
  const Codes kl = mean_kl(model, data);
  size_t widest = 0;
  for (const Tensor& mean : kl)
    if (mean.defined()) widest = std::max(widest, static_cast<size_t>(mean.numel()));
  MetricTable table;
  table.metric = "kl";
  table.title = "KL divergence of each dimension from its prior";
  table.unit = "nats";
  for (size_t d = 1; d <= widest; ++d) table.columns.push_back(std::to_string(d));
  table.columns.emplace_back("sum");
  const auto add = [&](const std::string& name, const Tensor& of_dimensions) {
    if (!of_dimensions.defined()) return;
    const Tensor row = of_dimensions.contiguous();
    expect_finite("the KL of each dimension", row);
    std::vector<double> values(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
    values.resize(widest, std::numeric_limits<double>::quiet_NaN());
    values.push_back(row.sum().item<double>());
    table.rows.push_back({name, values});
  };
  const Codes beside = mismatch(model, drawn_feature_sets(model, data), kl);
  for (size_t b = 0; b < kl.size(); ++b) {
    add(model.blocks()[b].name, kl[b]);
    add(model.blocks()[b].name + " (mismatch)", beside[b]);
  }
  table.protocol = fmt::format(
      "Means over {} examples of the scoring split. The mismatch carries no information about an example: it shows how "
      "far "
      "the codes of all examples together are from the prior. It is the KL from the prior of a Gaussian with the mean "
      "and variance of one draw from each posterior (class by class for class-related codes), a lower bound of KL(q(z) "
      "|| p(z)) (Hoffman and Johnson 2016).",
      data.count(Split::score));
  return table;
}

}  // namespace

MetricEntry kl_metric() {
  return {
      .name = "kl",
      .summary =
          "KL divergence of each latent dimension from its prior, and the part without information about an example.",
      .source = "the regulariser of Kingma and Welling 2014, dimension by dimension; Hoffman and Johnson 2016",
      .lacks = lacks_probe_splits,
      .measure = measure_kl,
      .lacks_of_model = lacks_gaussians,
      .on_request = true};
}

}  // namespace refract
