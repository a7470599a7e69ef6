// How much each latent dimension says.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "refract/core/errors.h"
#include "refract/eval/entries.h"
#include "refract/eval/features.h"

namespace refract {
namespace {

// Sums over the images of split score: [block.size] each, undefined for a block without a KL. Empty where the model
// does not tell.
Codes summed(const Model& model, const DataSource& data) {
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
  return sums;
}

MetricTable measure(const Model& model, const DataSource& data) {
  const at::NoGradGuard no_grad;
  const Codes sums = summed(model, data);
  size_t widest = 0;
  for (const Tensor& sum : sums)
    if (sum.defined()) widest = std::max(widest, static_cast<size_t>(sum.numel()));
  if (widest == 0)
    throw BadInput("Measuring the KL of each dimension: expected a model with Gaussian posteriors, found none.");
  MetricTable table;
  table.metric = "kl";
  table.title = "What each dimension says: KL of posterior and prior";
  table.unit = "nats";
  for (size_t d = 1; d <= widest; ++d) table.columns.push_back(std::to_string(d));
  table.columns.emplace_back("sum");
  const int64_t count = data.count(Split::score);
  for (size_t b = 0; b < sums.size(); ++b) {
    if (!sums[b].defined()) continue;
    const Tensor means = (sums[b] / count).contiguous();
    expect_finite("the KL of each dimension", means);
    std::vector<double> values(means.data_ptr<double>(), means.data_ptr<double>() + means.numel());
    values.resize(widest, std::numeric_limits<double>::quiet_NaN());
    values.push_back(means.sum().item<double>());
    table.rows.push_back({model.blocks()[b].name, values});
  }
  table.protocol = fmt::format("Means over {} images of the scoring split.", count);
  return table;
}

}  // namespace

MetricEntry kl_metric() {
  return {.name = "kl",
          .summary = "KL divergence of each latent dimension's posterior from its prior.",
          .source = "the regulariser of Kingma and Welling 2014, dimension by dimension",
          .lacks = lacks_probe_splits,
          .measure = measure,
          .on_request = true};
}

}  // namespace refract
