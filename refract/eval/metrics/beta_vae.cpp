// The score of beta-VAE (Higgins et al. 2017, Sec. 3).
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <fmt/format.h>

#include "refract/core/random.h"
#include "refract/eval/linear.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

// The sizes of disentanglement_lib.
constexpr int64_t kPairs = 64;
constexpr int64_t kBetaVaeFitVotes = 10000;
constexpr int64_t kBetaVaeScoreVotes = 5000;

struct Votes {
  Tensor differences;  // [V, D]: mean absolute differences of pairs that share a factor
  Tensor factors;      // [V] int64: which
};

Votes beta_vae_votes(const Representation& row, const Groups& groups, int64_t count, uint64_t key) {
  std::vector<Tensor> differences, factors;
  for_each_vote(row.factors.count(), count, key, [&](int64_t k, int64_t votes_here, uint64_t piece) {
    const Tensor pairs = groups.sets(k, votes_here * kPairs, 2, piece);
    const Tensor one = row.codes.index_select(0, pairs.select(1, 0));
    const Tensor other = row.codes.index_select(0, pairs.select(1, 1));
    differences.push_back((one - other).abs().view({votes_here, kPairs, -1}).mean(1));
    factors.push_back(at::full({votes_here}, k, at::kLong));
  });
  return {at::cat(differences), at::cat(factors)};
}

double beta_vae_accuracy(const Representation& row, const Groups& groups, uint64_t seed) {
  const Votes fit = beta_vae_votes(row, groups, kBetaVaeFitVotes, mix(seed, MetricDraw::beta_vae_fit));
  const Votes score = beta_vae_votes(row, groups, kBetaVaeScoreVotes, mix(seed, MetricDraw::beta_vae_score));
  const LinearMap reader = fit_logistic(fit.differences, fit.factors, row.factors.count());
  return reader(score.differences).argmax(1).eq(score.factors).to(at::kDouble).mean().item<double>();
}

MetricTable score_by_beta_vae(const std::vector<Representation>& rows, uint64_t seed) {
  const Factors& factors = rows.at(0).factors;
  const Groups groups(factors);
  MetricTable table;
  table.metric = "beta-vae-score";
  table.title = "beta-VAE score: whether a linear classifier tells which factor the pairs of examples share";
  table.unit = fmt::format("accuracy, chance {:.3f}; higher is better", 1.0 / static_cast<double>(factors.count()));
  table.columns = {"accuracy"};
  for (const Representation& row : rows) table.rows.push_back({row.name, {beta_vae_accuracy(row, groups, seed)}});
  table.protocol = fmt::format(
      "Mean absolute differences of {} pairs, drawn among {} examples; logistic regression fitted on {} such votes, "
      "scored on {} others (Higgins et al. 2017; sizes of disentanglement_lib; seed {}).",
      kPairs, factors.values.size(0), kBetaVaeFitVotes, kBetaVaeScoreVotes, seed);
  return table;
}

}  // namespace

MetricEntry beta_vae_metric() {
  return {.name = "beta-vae-score",
          .summary = "Accuracy of a linear classifier that names the shared factor from differences of pairs.",
          .source = "Higgins et al. 2017",
          .lacks = lacks_factors,
          .score = score_by_beta_vae};
}

}  // namespace refract
