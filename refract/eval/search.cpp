#include "refract/eval/search.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/eval/baselines.h"
#include "refract/eval/columns.h"
#include "refract/eval/features.h"
#include "refract/eval/representation.h"

namespace refract {
namespace {

constexpr int64_t kMostCandidates = 5000;
constexpr int64_t kEncodedAtOnce = 250;

// What `read` gives for the examples of each split, one below the other.
template <class Read>
Tensor of_both_splits(const HeldOutExamples& chosen, Read read) {
  std::vector<Tensor> parts;
  if (!chosen.fit.empty()) parts.push_back(read(Split::fit, chosen.fit).to(at::kCPU));
  if (!chosen.score.empty()) parts.push_back(read(Split::score, chosen.score).to(at::kCPU));
  return at::cat(parts);
}

// Numbers among all held-out examples, those of split fit counted first.
Tensor held_out_numbers(const DataSource& data, const HeldOutExamples& chosen) {
  return of_both_splits(chosen, [&](Split split, const Indices& indices) {
    return at::tensor(indices, at::kLong) + (split == Split::score ? data.count(Split::fit) : 0);
  });
}

void check_held_out(const DataSource& data) {
  if (data.count(Split::score) > 0) return;
  throw BadInput(
      fmt::format("Drawing held-out examples: the data set {} has none in its split score.", data.info().name));
}

void add_label(std::vector<KnownValues>& known, const DataSource& data, const HeldOutSearch& all) {
  if (data.info().classes.empty()) return;
  const auto read = [&](Split split, const Indices& indices) { return data.labels(split, indices); };
  known.push_back({"label", of_both_splits(all.queries, read), of_both_splits(all.candidates, read)});
}

// Those that are no factors by the same name.
void add_attributes(std::vector<KnownValues>& known, const DataSource& data, const HeldOutSearch& all) {
  const std::vector<Attribute>& attributes = data.info().attributes;
  if (attributes.empty()) return;
  const auto read = [&](Split split, const Indices& indices) { return data.attributes(split, indices); };
  const Tensor of_queries = of_both_splits(all.queries, read), of_candidates = of_both_splits(all.candidates, read);
  const std::vector<std::string>& factors = data.info().factors;
  for (size_t k = 0; k < attributes.size(); ++k) {
    const auto column = static_cast<int64_t>(k);
    if (std::find(factors.begin(), factors.end(), attributes[k].name) == factors.end())
      known.push_back({attributes[k].name, of_queries.select(1, column), of_candidates.select(1, column)});
  }
}

void add_factors(Search& search, const DataSource& data, const HeldOutSearch& all) {
  if (data.info().factors.empty()) return;
  const Factors factors = factors_in(data);
  const Tensor of_queries = factors.classes.index_select(0, held_out_numbers(data, all.queries));
  const Tensor of_candidates = factors.classes.index_select(0, held_out_numbers(data, all.candidates));
  for (int64_t k = 0; k < factors.count(); ++k)
    search.known.push_back(
        {factors.names[static_cast<size_t>(k)], of_queries.select(1, k), of_candidates.select(1, k)});
  if (std::find(factors.real.begin(), factors.real.end(), true) != factors.real.end())
    search.protocol += " Values of a real-valued factor are the same where they fall into the same of 20 equal bins.";
  search.note = factors.left_out;
}

// What each baseline makes of them.
Codes codes_by(const std::vector<Baseline>& baselines, const SearchedExamples& examples) {
  std::vector<std::vector<Tensor>> parts(baselines.size());
  for (int64_t from = 0; from < examples.count; from += kEncodedAtOnce) {
    const Tensor x = examples.read(at::arange(from, std::min(from + kEncodedAtOnce, examples.count), at::kLong));
    for (size_t b = 0; b < baselines.size(); ++b) parts[b].push_back(baselines[b].codes(x));
  }
  Codes codes;
  for (const auto& of_one : parts) codes.push_back(at::cat(of_one));
  return codes;
}

// Columns of a table have units of their own.
void standardise(SearchedCodes& rows) {
  const Tensor candidates = rows.candidates.to(at::kDouble);
  const Standardizer standard(candidates, rounding_of(rows.candidates));
  rows = {rows.name, standard(rows.queries.to(at::kDouble)), standard(candidates)};
}

SearchedExamples searched(const DataSource& data, const HeldOutExamples& chosen) {
  return {chosen.count(), [&](const Tensor& rows) { return examples_of(data, chosen, rows); }};
}

}  // namespace

void add_baselines(Search& search, const Space& space, const Model* untrained, const SearchedExamples& queries,
                   const SearchedExamples& candidates) {
  constexpr int64_t some = 1'000;
  const std::vector<Baseline> baselines = baselines_of(space, untrained, [&] {
    return candidates.read(at::arange(0, candidates.count, std::max<int64_t>(1, candidates.count / some), at::kLong));
  });
  const Codes of_queries = codes_by(baselines, queries), of_candidates = codes_by(baselines, candidates);
  for (size_t b = 0; b < baselines.size(); ++b)
    search.baselines.push_back({baselines[b].name, of_queries[b], of_candidates[b]});
  if (!space.is_picture()) standardise(search.baselines.back());
  search.protocol +=
      fmt::format(" {}{}{}{}.", untrained_protocol(untrained),
                  space.is_picture() ? "Raw pixels: the images themselves" : "Raw values: the rows themselves",
                  raw_protocol(space), space.is_picture() ? "" : ", columns in standard deviations of the candidates");
}

HeldOutExamples drawn_queries(const DataSource& data, uint64_t seed, int64_t most) {
  check_held_out(data);
  Indices order = permutation(data.count(Split::score), mix(seed, MetricDraw::retrieval_queries));
  order.resize(std::min(order.size(), static_cast<size_t>(most)));
  return {{}, std::move(order)};
}

// In a drawn order within each split: where distances are equal, the order of the data set must not decide.
HeldOutExamples drawn_candidates(const DataSource& data, uint64_t seed) {
  check_held_out(data);
  const int64_t fit = data.count(Split::fit);
  Indices order = permutation(fit + data.count(Split::score), mix(seed, MetricDraw::retrieval_candidates));
  order.resize(std::min(order.size(), static_cast<size_t>(kMostCandidates)));
  HeldOutExamples chosen;
  for (const int64_t number : order) {
    if (number < fit)
      chosen.fit.push_back(number);
    else
      chosen.score.push_back(number - fit);
  }
  return chosen;
}

Codes codes_of(const Model& model, const DataSource& data, const HeldOutExamples& chosen) {
  std::vector<std::vector<Tensor>> parts(model.blocks().size());
  const auto add = [&](Split split, const Indices& indices) {
    for (auto from = indices.begin(); from != indices.end();) {
      const auto to = from + std::min<int64_t>(kEncodedAtOnce, indices.end() - from);
      const Codes codes = encode_all(model, data.examples(split, Indices(from, to)));
      for (size_t b = 0; b < codes.size(); ++b) parts[b].push_back(codes[b].to(at::kCPU));
      from = to;
    }
  };
  add(Split::fit, chosen.fit);
  add(Split::score, chosen.score);
  Codes codes;
  for (size_t b = 0; b < parts.size(); ++b) {
    codes.push_back(at::cat(parts[b]));
    expect_finite(model.blocks()[b].name, codes.back());
  }
  return codes;
}

Tensor examples_of(const DataSource& data, const HeldOutExamples& chosen, const Tensor& rows) {
  const Tensor plain = rows.contiguous();
  const auto* row = plain.data_ptr<int64_t>();
  const int64_t of_fit = std::ssize(chosen.fit);
  std::vector<Tensor> examples;
  for (int64_t i = 0; i < plain.numel();) {
    const bool in_fit = row[i] < of_fit;
    Indices together;  // one after the other in one split
    for (; i < plain.numel() && (row[i] < of_fit) == in_fit; ++i)
      together.push_back(in_fit ? chosen.fit.at(static_cast<size_t>(row[i]))
                                : chosen.score.at(static_cast<size_t>(row[i] - of_fit)));
    examples.push_back(data.examples(in_fit ? Split::fit : Split::score, together));
  }
  return at::cat(examples);
}

Tensor rows_among(const HeldOutExamples& queries, const HeldOutExamples& candidates) {
  std::vector<int64_t> own;
  const auto add = [&](const Indices& asked, const Indices& others, size_t before) {
    std::map<int64_t, int64_t> rows;
    for (size_t i = 0; i < others.size(); ++i) rows[others[i]] = static_cast<int64_t>(before + i);
    for (const int64_t number : asked) {
      const auto found = rows.find(number);
      own.push_back(found == rows.end() ? -1 : found->second);
    }
  };
  add(queries.fit, candidates.fit, 0);
  add(queries.score, candidates.score, candidates.fit.size());
  return at::tensor(own, at::kLong);
}

HeldOutSearch held_out_search(const Model& model, const DataSource& data, uint64_t seed, const Model* untrained) {
  HeldOutSearch all{drawn_queries(data, seed), drawn_candidates(data, seed), {}};
  Search& search = all.search;
  search.queries = codes_of(model, data, all.queries);
  search.candidates = codes_of(model, data, all.candidates);
  search.own = rows_among(all.queries, all.candidates);
  search.protocol = fmt::format(
      "Queries: {} examples of the split score. Candidates: {} of the splits fit and score, without the "
      "query itself.",
      all.queries.count(), all.candidates.count());
  add_baselines(search, data.info().space, untrained, searched(data, all.queries), searched(data, all.candidates));
  add_label(search.known, data, all);
  add_attributes(search.known, data, all);
  add_factors(search, data, all);
  return all;
}

std::vector<std::string> names_of(const HeldOutExamples& chosen) {
  std::vector<std::string> names;
  for (const int64_t number : chosen.fit) names.push_back(fmt::format("{} {}", name_of(Split::fit), number + 1));
  for (const int64_t number : chosen.score) names.push_back(fmt::format("{} {}", name_of(Split::score), number + 1));
  return names;
}

}  // namespace refract
