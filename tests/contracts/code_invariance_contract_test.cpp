// What the codes of a model may become without the metrics that read them noticing: every row of the registry that
// measures a model itself. invariance_contract_test.cpp does the same for the metrics of codes and factors alone.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "refract/eval/evaluator.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

enum class CodeChange { shift, scale, own_scales, sign, order };

constexpr double kExact = 1e-7;
constexpr double kUnclaimed = std::numeric_limits<double>::infinity();

// How far any number of the table may move.
using Tolerances = std::map<CodeChange, double>;

constexpr double kSolved = 0.02;   // a classifier is solved only nearly: one answer of a class may change
constexpr double kLearned = 0.05;  // and so may a few of a network, which learns in many steps

// Those that read codes. A network begins with weights that are drawn dimension by dimension: with other signs, or in
// another order, it is another one.
const std::map<std::string, Tolerances> reading_codes = {
    {"probe", {}},
    {"classify",
     {{CodeChange::shift, kSolved},
      {CodeChange::scale, kSolved},
      {CodeChange::own_scales, kSolved},
      {CodeChange::sign, kSolved},
      {CodeChange::order, kSolved}}},
    {"leak",
     {{CodeChange::shift, kLearned},
      {CodeChange::scale, kLearned},
      {CodeChange::own_scales, kLearned},
      {CodeChange::sign, kUnclaimed},
      {CodeChange::order, kUnclaimed}}},
    {"retrieval", {{CodeChange::own_scales, kUnclaimed}}},  // of distances
};

// Those that compare codes with the prior, or examples with examples.
const std::set<std::string> of_other_things = {"kl", "reconstruction", "inpainting", "energy"};

double tolerance(const std::string& metric, CodeChange change) {
  const Tolerances& own = reading_codes.at(metric);
  const auto found = own.find(change);
  return found == own.end() ? kExact : found->second;
}

const Space picture_of_codes = Space::square(3, 8);

// The sign of another pixel hides the label from those who read the pictures themselves, so that networks soon give up.
class HiddenLabels : public fakes::Source {
 public:
  using Source::Source;
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor pictures = Source::examples(split, indices);
    pictures.select(2, 1).select(2, 0).mul_(pictures.select(2, 3).select(2, 0).sign());
    return pictures;
  }
};

// Two blocks that tell, not quite, the label and factors and hold noise and a dead dimension. All numbers but the dead
// one are multiples of 1/1024, so that offsets of thousands and scales by powers of two take nothing away in float32.
Tensor codes_seen(const Tensor& x) {
  const auto pixels = [&](int64_t row, int64_t from, int64_t to) {
    return x.select(1, 0).select(1, row).slice(1, from, to);
  };
  const Tensor told = 2 * pixels(1, 0, 1) * pixels(3, 0, 1).sign() + pixels(3, 1, 2);
  const Tensor mixed = pixels(0, 0, 1) - 0.5 * pixels(0, 1, 2);
  const Tensor all = at::cat({told, mixed, pixels(0, 1, 3), pixels(3, 0, 1)}, 1);
  return at::cat({(all * 1024).round() / 1024, at::full({x.size(0), 1}, 0.1)}, 1);
}

using CodeAct = std::function<Tensor(const Tensor& codes)>;  // [N, 6] float, "e" and "z" side by side

// Of its KL, that of the codes as they stand, it says nothing: it is no reading of them.
class Recoded : public fakes::FakeModel {
 public:
  explicit Recoded(const CodeAct& act)
      : FakeModel(picture_of_codes, {{"e", 3, Role::target}, {"z", 3, Role::common}}, [act](const Tensor& x) {
          const Tensor codes = act(codes_seen(x));
          return Codes{codes.slice(1, 0, 3), codes.slice(1, 3)};
        }) {}
  [[nodiscard]] Codes kl(const Examples& /*examples*/) const override { return {}; }
};

std::vector<double> measured_numbers(const std::string& metric_name, const CodeAct& act) {
  const HiddenLabels data(3, 3, {{Split::unlabelled, 120}, {Split::fit, 100}, {Split::score, 100}}, picture_of_codes);
  const Recoded model(act);
  std::vector<double> numbers;
  for (const MetricTable::Row& row : Evaluator(model, data).measure(metric(metric_name)).rows)
    numbers.insert(numbers.end(), row.values.begin(), row.values.end());
  return numbers;
}

std::vector<std::pair<CodeChange, CodeAct>> code_changes() {
  constexpr double million = 1 << 20;
  const auto by = [](const std::vector<float>& factors) {
    return [factors](const Tensor& codes) { return codes * at::tensor(factors); };
  };
  return {{CodeChange::shift, [](const Tensor& codes) { return codes + 4096; }},
          {CodeChange::shift, [](const Tensor& codes) { return codes - 4096; }},
          {CodeChange::scale, [](const Tensor& codes) { return codes * million; }},
          {CodeChange::scale, [](const Tensor& codes) { return codes / million; }},
          {CodeChange::own_scales, by({1 << 20, 1.0F / (1 << 20), 4, 1.0F / 1024, 1, 1024})},
          {CodeChange::sign, by({-1, 1, -1, -1, 1, 1})},
          {CodeChange::order, [](const Tensor& codes) {
             return codes.index_select(1, at::tensor({2, 0, 1, 5, 3, 4}));
           }}};
}

class CodeInvariance : public testing::TestWithParam<std::string> {};

TEST_P(CodeInvariance, HoldsForEveryTable) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "minutes of fitting readers, which other tests run through as well";
#endif
  const std::vector<double> before = measured_numbers(GetParam(), [](const Tensor& codes) { return codes; });
  for (const auto& [change, act] : code_changes()) {
    const std::vector<double> after = measured_numbers(GetParam(), act);
    ASSERT_EQ(after.size(), before.size());
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(std::isnan(after[i]), std::isnan(before[i])) << i;
      if (!std::isnan(before[i])) {
        EXPECT_LE(std::abs(after[i] - before[i]), tolerance(GetParam(), change))
            << "change " << static_cast<int>(change) << ", number " << i << " of the table";
      }
    }
  }
}

std::vector<std::string> names_reading_codes() {
  std::vector<std::string> all;
  for (const auto& [name, tolerances] : reading_codes) all.push_back(name);
  return all;
}

const MetricTable::Row* row_of_name(const MetricTable& table, const std::string& name) {
  const auto found =
      std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
  return found == table.rows.end() ? nullptr : &*found;
}

// A row for all codes of the untrained encoder together, which has the numbers of a model whose only code they are;
// then one for the examples themselves, which depends on no model.
TEST(ReadersOfCodes, StandBesideAnUntrainedEncoderAndTheExamples) {
  const HiddenLabels data(3, 3, {{Split::unlabelled, 60}, {Split::fit, 60}, {Split::score, 60}}, picture_of_codes);
  const Recoded untrained([](const Tensor& codes) { return codes; });
  const fakes::FakeModel trained = fakes::halves(picture_of_codes);
  const fakes::FakeModel same{
      picture_of_codes, {{"codes", 6, Role::whole}}, [](const Tensor& x) { return Codes{codes_seen(x)}; }};
  for (const std::string& name : names_reading_codes()) {
    const MetricTable table = Evaluator(trained, data, 0, &untrained).measure(metric(name));
    const MetricTable of_same = Evaluator(same, data).measure(metric(name));
    EXPECT_EQ(row_of_name(of_same, "untrained encoder"), nullptr) << name;
    const MetricTable::Row* const found = row_of_name(table, "untrained encoder");
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(found->values.back(), row_of_name(of_same, "codes")->values.back()) << name;
    EXPECT_GT(found->spreads.back(), 0) << name;
    ASSERT_NE(found, &table.rows.back()) << name;
    const MetricTable::Row& raw = *std::next(found);
    EXPECT_TRUE(raw.name == "raw pixels" || raw.name == "images") << name << ": " << raw.name;
    ASSERT_NE(row_of_name(of_same, raw.name), nullptr) << name;
    EXPECT_EQ(raw.values.back(), row_of_name(of_same, raw.name)->values.back()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CodeInvariance, testing::ValuesIn(names_reading_codes()));

// A new metric says which of the two it is.
TEST(CodeInvariance, EveryMetricOfAModelIsTestedOrReadsOtherThings) {
  std::set<std::string> known = of_other_things;
  for (const auto& [name, tolerances] : reading_codes) known.insert(name);
  std::set<std::string> registered;
  for (const MetricEntry& entry : metrics())
    if (entry.measure != nullptr) registered.insert(entry.name);
  EXPECT_EQ(registered, known);
}

}  // namespace
}  // namespace refract
