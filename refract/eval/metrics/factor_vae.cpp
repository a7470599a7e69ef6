// The score of FactorVAE (Kim and Mnih 2018, Sec. 4) in two protocols.
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/representation.h"
#include "refract/eval/sampling.h"

namespace refract {
namespace {

// disentanglement_lib's
constexpr int64_t kSetSize = 64;
constexpr int64_t kFactorVaeFitVotes = 10000;
constexpr int64_t kFactorVaeScoreVotes = 5000;
constexpr double kLeastDeviation = 0.05;

// Those of the authors of PartedVAE (Hajimiri et al. 2021), from their code
constexpr int64_t kAuthorsSetSize = 100;
constexpr double kAuthorsLeastDeviation = 0.1;

// For sets of codes [n, size, D]: how often each dimension varies least beside its variance [D] over all images: [D]
// float64. Several that do not vary at all share the vote of their set.
Tensor steadiest(const Tensor& sets, const Tensor& variance) {
  const Tensor relative = (sets.var(1, true) / variance).nan_to_num(std::numeric_limits<double>::infinity());
  const Tensor least = relative.eq(relative.amin(1, true));
  return (least / least.sum(1, true).to(at::kDouble)).sum(0);
}

// How often each dimension was steadiest while each factor was fixed: [K, D] float64.
Tensor factor_vae_votes(const Tensor& codes, const Groups& groups, int64_t factors, int64_t count, uint64_t key) {
  const Tensor variance = codes.var(0, true);
  const int64_t dimensions = codes.size(1);
  Tensor all = at::zeros({factors, dimensions}, at::kDouble);
  for_each_vote(factors, count, key, [&](int64_t k, int64_t votes_here, uint64_t piece) {
    const Tensor rows = groups.sets(k, votes_here, kSetSize, piece);
    const Tensor sets = codes.index_select(0, rows.flatten()).view({votes_here, kSetSize, dimensions});
    all[k] += steadiest(sets, variance);
  });
  return all;
}

// The part of `score` [K, D] whose factor is the one that `fit` holds against its dimension most often.
double factor_vae_accuracy(const Tensor& fit, const Tensor& score) {
  const Tensor right = score.gather(0, fit.argmax(0, true)).sum();
  return right.item<double>() / score.sum().item<double>();
}

// Dimensions that hardly move are left out before the votes; some votes fit the classifier, others score it.
double library_score(const Representation& row, const Groups& groups, uint64_t seed) {
  const Tensor moving = row.codes.std(0, true).ge(kLeastDeviation).nonzero().squeeze(1);
  if (moving.numel() == 0) return 0;
  const Tensor codes = row.codes.index_select(1, moving);
  const int64_t factors = row.factors.count();
  const Tensor fit =
      factor_vae_votes(codes, groups, factors, kFactorVaeFitVotes, mix(seed, MetricDraw::factor_vae_fit));
  const Tensor score =
      factor_vae_votes(codes, groups, factors, kFactorVaeScoreVotes, mix(seed, MetricDraw::factor_vae_score));
  return factor_vae_accuracy(fit, score);
}

// One vote for each set of 100 images that share a factor, the sets disjoint; a value with fewer images is one set.
// [K, D] float64
Tensor authors_votes(const Tensor& codes, const Groups& groups, const Factors& factors) {
  const Tensor variance = codes.var(0, false);
  const int64_t dimensions = codes.size(1);
  Tensor all = at::zeros({factors.count(), dimensions}, at::kDouble);
  for (int64_t k = 0; k < factors.count(); ++k)
    for (int64_t c = 0; c < factors.sizes[static_cast<size_t>(k)]; ++c) {
      const Tensor rows = groups.rows(k, c);
      const int64_t size = std::min(kAuthorsSetSize, rows.size(0));
      if (size < 2) continue;
      const int64_t sets = rows.size(0) / size;
      const Tensor chosen = codes.index_select(0, rows.slice(0, 0, sets * size)).view({sets, size, dimensions});
      all[k] += steadiest(chosen, variance);
    }
  return all;
}

// The votes of dimensions that hardly move are dropped after the voting; the others both fit and score the classifier.
double authors_score(const Tensor& codes, const Groups& groups, const Factors& factors) {
  const Tensor moving = codes.std(0, false).ge(kAuthorsLeastDeviation);
  const Tensor kept = authors_votes(codes, groups, factors) * moving;
  return kept.sum().item<double>() == 0 ? 0 : factor_vae_accuracy(kept, kept);
}

MetricTable score_by_factor_vae(const std::vector<Representation>& rows, uint64_t seed) {
  const Factors& factors = rows.at(0).factors;
  const int64_t count = factors.values.size(0);
  const Groups groups(factors);
  const Tensor order = at::tensor(permutation(count, mix(seed, MetricDraw::factor_vae_of_authors)), at::kLong);
  Factors shuffled = factors;
  shuffled.classes = factors.classes.index_select(0, order);
  const Groups shuffled_groups(shuffled);

  MetricTable table;
  table.metric = "factor-vae-score";
  table.title = "FactorVAE score: whether the steadiest dimension tells which factor is fixed";
  table.unit = fmt::format("fraction of right votes, chance {:.3f}; higher is better",
                           1.0 / static_cast<double>(factors.count()));
  table.columns = {"PartedVAE's protocol", "disentanglement_lib's protocol"};
  for (const Representation& row : rows)
    table.rows.push_back({row.name,
                          {authors_score(row.codes.index_select(0, order), shuffled_groups, shuffled),
                           library_score(row, groups, seed)}});
  table.protocol = fmt::format(
      "disentanglement_lib's protocol: sets of {} of {} examples; dimensions with a standard deviation below {} are "
      "left "
      "out; {} votes fit the classifier and {} others score it (Kim and Mnih 2018). PartedVAE's protocol, from its "
      "authors' code: disjoint sets of {} examples; votes for dimensions with a standard deviation below {} are "
      "dropped; "
      "all other votes both fit and score (Hajimiri et al. 2021). Seed {}.",
      kSetSize, count, kLeastDeviation, kFactorVaeFitVotes, kFactorVaeScoreVotes, kAuthorsSetSize,
      kAuthorsLeastDeviation, seed);
  return table;
}

}  // namespace

MetricEntry factor_vae_metric() {
  return {.name = "factor-vae-score",
          .summary = "Accuracy of a majority vote that names the fixed factor from the dimension that varies least.",
          .source = "Kim and Mnih 2018; Hajimiri et al. 2021",
          .lacks = lacks_factors,
          .score = score_by_factor_vae};
}

}  // namespace refract
