#include "refract/eval/diversity.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tril_indices.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/eval/held_out.h"
#include "refract/eval/sampling.h"
#include "refract/eval/similarity.h"

namespace refract {
namespace {

// Places of two different ones of `count`, [P] each: all pairs, or `most` drawn with replacement.
std::pair<Tensor, Tensor> pairs_of(int64_t count, int64_t most, uint64_t key) {
  if (count * (count - 1) / 2 <= most) {
    const Tensor below = at::tril_indices(count, count, -1);
    return {below[0], below[1]};
  }
  const Tensor first = uniform_indices(count, most, mix(key, 0));
  const Tensor step = uniform_indices(count - 1, most, mix(key, 1)) + 1;
  return {first, (first + step).remainder(count)};
}

// 1 - MS-SSIM of each pair, [P], a few pairs at a time.
Tensor unlikeness(const PicturesOf& pictures, const Tensor& first, const Tensor& second) {
  constexpr int64_t most_pixels = int64_t{100} * 64 * 64;
  int64_t slice = 1;  // until the size of a picture is known
  std::vector<Tensor> parts;
  for (int64_t from = 0; from < first.size(0); from += parts.back().size(0)) {
    const auto of = [&](const Tensor& rows) {
      const Tensor some = rows.slice(0, from, from + slice).contiguous();
      return gray_levels(pictures({some.data_ptr<int64_t>(), some.data_ptr<int64_t>() + some.numel()}));
    };
    const Tensor one = of(first);
    parts.push_back(1 - ms_ssim(one, of(second)));
    slice = std::max<int64_t>(1, most_pixels / (one.size(2) * one.size(3)));
  }
  return at::cat(parts);
}

// Rows of each class that has two pictures or more.
std::vector<Tensor> rows_of_classes(const Tensor& classes) {
  std::vector<Tensor> rows;
  for (int64_t c = 0; c <= classes.max().item<int64_t>(); ++c) {
    Tensor of_class = classes.eq(c).nonzero().squeeze(1);
    if (of_class.size(0) > 1) rows.push_back(std::move(of_class));
  }
  return rows;
}

}  // namespace

Diversity intra_class_diversity(const PicturesOf& pictures, const Tensor& classes, int64_t most_pairs, uint64_t key) {
  const std::vector<Tensor> rows = rows_of_classes(classes);
  if (rows.empty())
    throw BadInput("Measuring diversity within classes: expected two or more pictures of some class, found none.");
  const int64_t most = std::max<int64_t>(1, most_pairs / std::ssize(rows));
  Diversity found;
  std::vector<Tensor> all;
  for (size_t c = 0; c < rows.size(); ++c) {
    const int64_t count = rows[c].size(0);
    const auto [first, second] = pairs_of(count, most, mix(key, 2, c));
    all.push_back(unlikeness(pictures, rows[c].index_select(0, first), rows[c].index_select(0, second)));
    const double mean = all.back().mean().item<double>() / static_cast<double>(rows.size());
    found.distinct += mean;
    found.all_pairs += mean * static_cast<double>(count - 1) / static_cast<double>(count);
  }
  const Tensor each = at::cat(all);
  found.spread = standard_error(each);
  found.pairs = each.numel();
  return found;
}

}  // namespace refract
