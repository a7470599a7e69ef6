// What codes may become without any metric of codes noticing: every row of the registry that has `score`, and udr.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "refract/eval/metrics/udr.h"
#include "tests/eval/support.h"

namespace refract {
namespace {

constexpr int64_t kRows = 1200;

enum class Change { shift, scale, own_scales, sign, order, rows, labels };

// How far a score may move, and why it moves at all.
struct Allowed {
  double by;
  std::string why;
};
const double any = std::numeric_limits<double>::infinity();  // the metric does not claim this invariance

const Allowed drawn_rows = {any, "what is drawn is drawn by the numbers of rows"};
const Allowed solved = {2e-3, "a classifier is fitted until it hardly moves, not until it stands"};
const Allowed forest = {0.03,
                        "each node of a tree tries dimensions by their numbers, and takes the first of equal splits"};

// All others keep their score but for rounding.
const std::map<std::string, std::map<Change, Allowed>> exceptions = {
    {"factor-vae-score",
     {{Change::scale, {any, "dimensions that deviate by less than 0.05 or 0.1 are left out"}},
      {Change::own_scales, {any, "dimensions that deviate by less than 0.05 or 0.1 are left out"}},
      {Change::rows, drawn_rows}}},
    {"beta-vae-score",
     {{Change::shift, solved},
      {Change::scale, solved},
      {Change::own_scales, solved},
      {Change::sign, solved},
      {Change::order, solved},
      {Change::labels, solved},
      {Change::rows, drawn_rows}}},
    {"sap", {{Change::rows, drawn_rows}}},
    {"dci", {{Change::sign, forest}, {Change::order, forest}, {Change::labels, forest}, {Change::rows, drawn_rows}}},
    {"explicitness",
     {{Change::shift, solved},
      {Change::scale, solved},
      {Change::own_scales, solved},
      {Change::sign, solved},
      {Change::order, solved},
      {Change::labels, solved},
      {Change::rows, drawn_rows}}},
    {"irs", {{Change::own_scales, {any, "a dimension weighs as much as it moves"}}}},
    {"udr",
     {{Change::scale, {any, "dimensions that say less than a hundredth of a nat are left out"}},
      {Change::own_scales, {any, "dimensions that say less than a hundredth of a nat are left out"}}}},
};

Allowed allowed(const std::string& name, Change change) {
  const auto metric = exceptions.find(name);
  if (metric == exceptions.end()) return {1e-7, "rounding"};
  const auto found = metric->second.find(change);
  return found == metric->second.end() ? Allowed{1e-7, "rounding"} : found->second;
}

struct Case {
  Tensor codes;
  Factors factors;
};

// Every number that is not a third is a multiple of 2^-20, so that an offset of ten millions takes no digit away. The
// thirds lie on the edges of bins. One dimension is dead, one holds nothing, one two factors.
Case beginning() {
  const Factors drawn = known::factors(kRows, {3, 4, 21});
  const auto of = [&](int64_t k) { return drawn.values.select(1, k); };
  const auto on_grid = [](const Tensor& x) { return (x * 1048576).round() / 1048576; };
  const Tensor noise = known::noise(kRows, 3);
  const Tensor real = on_grid(noise.select(1, 0));
  const Tensor codes = at::stack({of(2) / 3, of(0) + on_grid(0.3 * noise.select(1, 1)), 2 * of(1) - of(0),
                                  on_grid(noise.select(1, 2)), at::full({kRows}, 0.1, at::kDouble), real + of(1) / 4},
                                 1);
  return {codes,
          factors_of({"three", "four", "many", "real"}, at::cat({drawn.values, real.unsqueeze(1)}, 1), {3, 4, 21, 0})};
}

using Changes = std::vector<std::pair<Change, std::function<Case(const Case&)>>>;

std::function<Case(const Case&)> codes_by(const std::function<Tensor(const Tensor&)>& act) {
  return [act](const Case& c) { return Case{act(c.codes), c.factors}; };
}

Case with_rows_turned(const Case& c) {
  const Tensor order = at::randperm(kRows, known::generator(3));
  Factors factors = c.factors;
  factors.values = factors.values.index_select(0, order);
  factors.classes = factors.classes.index_select(0, order);
  return {c.codes.index_select(0, order), factors};
}

// The values of discrete factors in another order.
Case with_labels_turned(const Case& c) {
  Tensor values = c.factors.values.clone();
  for (int64_t k = 0; k < 3; ++k) {
    const int64_t size = c.factors.sizes[static_cast<size_t>(k)];
    const Tensor names = at::randperm(size, known::generator(static_cast<uint64_t>(k) + 20)).to(at::kDouble);
    values.select(1, k).copy_(names.index_select(0, c.factors.classes.select(1, k)));
  }
  return {c.codes, factors_of(c.factors.names, values, {3, 4, 21, 0})};
}

Changes changes() {
  Changes all;
  for (const double offset : {1e7, -1e7})
    all.emplace_back(Change::shift, codes_by([offset](const Tensor& x) { return x + offset; }));
  all.emplace_back(Change::shift, codes_by([](const Tensor& x) { return x + (1e7 * x.std(0)).round(); }));
  for (const double factor : {1e-6, 0.7, 1e6})
    all.emplace_back(Change::scale, codes_by([factor](const Tensor& x) { return x * factor; }));
  all.emplace_back(Change::own_scales, codes_by([](const Tensor& x) {
                     return x * at::tensor({1e6, 1e-6, 3.0, 1e-3, 7.0, 1e3}, at::kDouble);
                   }));
  all.emplace_back(Change::sign, codes_by([](const Tensor& x) { return -x; }));
  all.emplace_back(Change::sign, codes_by([](const Tensor& x) {
                     return x * at::tensor({-1.0, 1.0, -1.0, 1.0, 1.0, -1.0}, at::kDouble);
                   }));
  all.emplace_back(Change::order, codes_by([](const Tensor& x) {
                     return x.index_select(1, at::tensor({3, 5, 0, 4, 2, 1}));
                   }));
  all.emplace_back(Change::rows, with_rows_turned);
  all.emplace_back(Change::labels, with_labels_turned);
  return all;
}

using Scores = std::function<std::vector<double>(const Case&)>;

// Modularity and explicitness share a table, but not what they are invariant to. Of udr, the agreement with another
// model, whose codes are factors.
std::map<std::string, Scores> scores() {
  std::map<std::string, Scores> all;
  for (const MetricEntry& entry : metrics())
    if (entry.score != nullptr)
      all[entry.name] = [&entry](const Case& c) { return known::scores(entry.name, c.codes, c.factors); };
  const Scores both = all.at("modularity");
  all["explicitness"] = [both](const Case& c) { return std::vector<double>{both(c).at(0)}; };
  all["modularity"] = [both](const Case& c) { return std::vector<double>{both(c).at(1)}; };
  all["udr"] = [](const Case& c) {
    return std::vector<double>{agreement(c.codes, c.factors.values.slice(1, -1).square())};
  };
  return all;
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

class Invariance : public testing::TestWithParam<std::string> {};

TEST_P(Invariance, HoldsButWhereItIsNotClaimed) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "minutes of fitting classifiers, which other tests run through as well";
#endif
  const Scores score = scores().at(GetParam());
  const Case before = beginning();
  const std::vector<double> expected = score(before);
  std::map<Change, double> moved;
  for (const auto& [change, act] : changes()) {
    const Allowed limit = allowed(GetParam(), change);
    const double found = farthest(score(act(before)), expected);
    EXPECT_LE(found, limit.by) << "change " << static_cast<int>(change) << ": " << limit.why;
    moved[change] = std::max(moved[change], found);
  }
  for (const auto& [change, most] : moved)
    if (change != Change::rows && allowed(GetParam(), change).by == any) {
      EXPECT_GT(most, 1e-7) << "change " << static_cast<int>(change) << " is an exception without need";
    }
}

// float32 has seven digits: whole numbers keep theirs beside ten millions.
TEST_P(Invariance, HoldsForWholeNumbersOfSinglePrecision) {
  const Scores score = scores().at(GetParam());
  const Factors factors = known::factors(kRows, {3, 4, 6});
  const Tensor codes = factors.values.to(at::kFloat);
  EXPECT_LE(farthest(score({codes + 1e7, factors}), score({codes, factors})), allowed(GetParam(), Change::shift).by);
}

std::vector<std::string> invariance_names() {
  std::vector<std::string> all;
  for (const auto& [name, score] : scores()) all.push_back(name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, Invariance, testing::ValuesIn(invariance_names()), [](const auto& row) {
  std::string name = row.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Invariance, ExceptionsAreOfMetricsThatAre) {
  const auto known = scores();
  for (const auto& [name, of_metric] : exceptions) EXPECT_EQ(known.count(name), 1U) << name;
}

}  // namespace
}  // namespace refract
