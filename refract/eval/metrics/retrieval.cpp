// Nearest neighbours in each block and what they share with the query (Mathieu et al. 2016, Sec. 5).
#include "refract/eval/metrics/retrieval.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/metrics/entries.h"
#include "refract/model/neighbours.h"

namespace refract {
namespace {

constexpr std::array<int64_t, 3> kDepths = {1, 5, 10};
constexpr double kNoTruth = std::numeric_limits<double>::quiet_NaN();

std::string lacks_known_values(const DataSource& data) {
  const DataInfo& info = data.info();
  if (const std::string empty = lacks_probe_splits(data); !empty.empty()) return empty;
  if (!info.classes.empty() || !info.attributes.empty() || !info.factors.empty()) return "";
  return fmt::format("The data set {} has no labels, attributes or ground-truth factors that neighbours could share.",
                     info.name);
}

// As many as the deepest precision asks for: [Q, K].
Tensor nearest_rows(const Tensor& queries, const Tensor& candidates, const Tensor& own) {
  return neighbours_of(queries, candidates, kDepths.back(), own).rows;
}

// The same among the candidates whose value is known, as rows of all.
Tensor nearest_known_rows(const SearchedCodes& codes, const Tensor& own_places, const Tensor& known) {
  const Tensor kept = known.nonzero().squeeze(1);
  Tensor places = at::full({known.numel() + 1}, -1, at::kLong);  // the last stands for a query that is no candidate
  places.index_copy_(0, kept, at::arange(kept.numel()));
  const Tensor own = places.index_select(0, at::where(own_places.lt(0), known.numel(), own_places));
  const Tensor rows = nearest_rows(codes.queries, codes.candidates.index_select(0, kept), own);
  return kept.index_select(0, rows.flatten()).view_as(rows);
}

// The share of hits among the first 1, 5 and 10 of the rows [Q, K] of candidates: [Q, 3], NaN where there are fewer.
Tensor precision_at_depths(const Tensor& rows, const KnownValues& known) {
  const Tensor found = known.of_candidates.index_select(0, rows.flatten()).view_as(rows);
  const Tensor hits = found.eq(known.of_queries.unsqueeze(1)).to(at::kDouble);
  std::vector<Tensor> columns;
  columns.reserve(kDepths.size());
  for (const int64_t depth : kDepths)
    columns.push_back(depth <= rows.size(1) ? hits.slice(1, 0, depth).mean(1)
                                            : at::full({rows.size(0)}, kNoTruth, at::kDouble));
  return at::stack(columns, 1);
}

// The share of the candidates that have each query's value, the query itself left out: [Q, 3].
Tensor precision_of_guesses(const KnownValues& known, const Tensor& own) {
  const Tensor values = known.of_candidates.masked_select(known.of_candidates.ge(0));
  const int64_t greatest = std::max<int64_t>(0, known.of_queries.max().item<int64_t>());
  const Tensor counts = at::bincount(values, {}, greatest + 1);
  const Tensor itself = own.ge(0).logical_and(known.of_candidates.index_select(0, own.clamp_min(0)).ge(0));
  const Tensor same = counts.index_select(0, known.of_queries.clamp_min(0)) - itself.to(at::kLong);
  const Tensor share = same.to(at::kDouble) / (values.numel() - itself.to(at::kDouble));
  return share.unsqueeze(1).expand({-1, std::ssize(kDepths)});
}

Tensor without_unknown(const Tensor& precision, const KnownValues& known) {
  return precision.masked_fill(known.of_queries.lt(0).unsqueeze(1), kNoTruth);
}

double standard_error_of_known(const Tensor& column) {
  const Tensor values = column.masked_select(column.isnan().logical_not());
  return values.numel() < 2 ? kNoTruth : values.std().item<double>() / std::sqrt(static_cast<double>(values.numel()));
}

// Means over the queries of [Q, 3] for each known value; then, of several, the means of the means.
MetricTable::Row precision_row(std::string name, const std::vector<Tensor>& precision) {
  MetricTable::Row row{std::move(name), {}};
  for (const Tensor& of_value : precision)
    for (int64_t k = 0; k < of_value.size(1); ++k) {
      row.values.push_back(of_value.select(1, k).nanmean().item<double>());
      row.spreads.push_back(standard_error_of_known(of_value.select(1, k)));
    }
  if (precision.size() < 2) return row;
  const Tensor all = at::stack(precision);  // [values, Q, 3]
  for (int64_t k = 0; k < all.size(2); ++k) {
    const Tensor at_depth = all.select(2, k);
    row.values.push_back(at_depth.nanmean(1).mean().item<double>());
    row.spreads.push_back(standard_error_of_known(at_depth.nanmean(0)));
  }
  return row;
}

std::vector<std::string> precision_columns(const Search& search) {
  std::vector<std::string> names;
  names.reserve(search.known.size() + 1);
  for (const KnownValues& known : search.known) names.push_back(known.name);
  if (names.size() > 1) names.emplace_back("average");
  std::vector<std::string> columns;
  for (const std::string& name : names)
    for (const int64_t depth : kDepths) columns.push_back(fmt::format("{} @{}", name, depth));
  return columns;
}

// Each block, then the baselines.
std::vector<SearchedCodes> all_codes(const Model& model, const Search& search) {
  std::vector<SearchedCodes> all;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    all.push_back({model.blocks()[b].name, search.queries[b], search.candidates[b]});
  all.insert(all.end(), search.baselines.begin(), search.baselines.end());
  return all;
}

MetricTable::Row row_of_codes(const SearchedCodes& codes, const Search& search) {
  expect_finite(codes.name, codes.queries);
  expect_finite(codes.name, codes.candidates);
  const Tensor nearest = nearest_rows(codes.queries, codes.candidates, search.own);
  std::vector<Tensor> precision;
  for (const KnownValues& known : search.known) {
    const Tensor is_known = known.of_candidates.ge(0);
    const Tensor rows = is_known.all().item<bool>() ? nearest : nearest_known_rows(codes, search.own, is_known);
    precision.push_back(without_unknown(precision_at_depths(rows, known), known));
  }
  return precision_row(codes.name, precision);
}

MetricTable::Row row_of_guesses(const Search& search) {
  std::vector<Tensor> precision;
  for (const KnownValues& known : search.known)
    precision.push_back(without_unknown(precision_of_guesses(known, search.own), known));
  return {"random guess", precision_row("", precision).values};
}

MetricTable measure_retrieval(const Model& model, const DataSource& data, const Model* untrained,
                              const OnProgress& /*on_progress*/) {
  return retrieval_table(model, held_out_search(model, data, 0, untrained).search);
}

}  // namespace

MetricTable retrieval_table(const Model& model, const Search& search) {
  MetricTable table;
  table.metric = "retrieval";
  table.title = "Whether the nearest neighbours in each block share what is known of an example";
  table.unit = "share of the 1, 5 and 10 nearest that have the query's value, from 0 to 1";
  table.columns = precision_columns(search);
  for (const SearchedCodes& codes : all_codes(model, search)) table.rows.push_back(row_of_codes(codes, search));
  const MetricTable::Row guesses = row_of_guesses(search);
  std::vector<std::string> no_better;
  for (const MetricTable::Row& row : table.rows)
    if (std::isfinite(row.values.back()) &&
        !clearly_above(row.values.back(), row.spreads.back(), guesses.values.back()))
      no_better.push_back(row.name);
  table.rows.push_back(guesses);
  table.protocol = fmt::format(
      "Euclidean distance between posterior means (Mathieu et al. 2016, Sec. 5). {} Random guess: the candidates in "
      "any order. ±: the standard error over the queries. Not distinguishable: in the last column less than two "
      "standard errors above.",
      search.protocol);
  table.note = indistinguishable("a random guess", no_better);
  if (!search.note.empty()) table.note += (table.note.empty() ? "" : " ") + search.note;
  return table;
}

MetricEntry retrieval_metric() {
  return {
      .name = "retrieval",
      .summary = "Share of the nearest neighbours in each latent block with the same label, attributes and factors.",
      .source = "Mathieu et al. 2016, Sec. 5 and Fig. 4",
      .lacks = lacks_known_values,
      .measure = measure_retrieval,
      .on_request = true};
}

}  // namespace refract
