#include "refract/eval/representation.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "refract/core/errors.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/features.h"
#include "refract/eval/sampling.h"
#include "tests/eval/support.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

std::vector<std::string> names_of(const std::vector<Representation>& rows) {
  std::vector<std::string> names;
  for (const Representation& row : rows) names.push_back(row.name);
  return names;
}

std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

fakes::FakeModel with(const std::vector<Block>& blocks) {
  return {Space::square(3, 8), blocks, [blocks](const Tensor& x) {
            Codes codes;
            for (const Block& block : blocks) codes.push_back(x.flatten(1).slice(1, 0, block.size));
            return codes;
          }};
}

TEST(Factors, ThoseThatNeverChangeAreLeftOut) {
  const Tensor values = at::tensor({7.0, 5.0, 0.0, 7.0, 9.0, 0.5, 7.0, 5.0, 1.0}).view({3, 3});
  const Factors factors = factors_of({"colour", "shape", "size"}, values, {1, 10, 0});
  EXPECT_EQ(factors.names, (std::vector<std::string>{"shape", "size"}));
  EXPECT_EQ(factors.real, (std::vector<bool>{false, true}));
  EXPECT_EQ(factors.sizes, (std::vector<int64_t>{2, 3}));  // values that occur
  EXPECT_TRUE(factors.values.equal(values.slice(1, 1)));
  EXPECT_TRUE(factors.classes.equal(at::tensor({0, 0, 1, 1, 0, 2}, at::kLong).view({3, 2})));
}

TEST(Factors, RealOnesHaveTwentyBins) {
  const Factors factors = factors_of({"x"}, at::arange(1000, at::kDouble).unsqueeze(1) / 999, {0});
  EXPECT_EQ(factors.sizes[0], 20);
  EXPECT_EQ(factors.classes.max().item<int64_t>(), 19);
}

Tensor counted(int64_t rows, int64_t values) {
  return at::arange(rows, at::kDouble).remainder(static_cast<double>(values)).unsqueeze(1);
}

TEST(Factors, IdentifiersAreLeftOutAndNamed) {
  const auto of = [](int64_t rows, int64_t values) {
    return factors_of({"pair", "colour", "id"}, at::cat({counted(rows, 2), counted(rows, 1), counted(rows, values)}, 1),
                      {2, 1, values});
  };
  EXPECT_EQ(of(120, 60).names.size(), 2U);  // two images a value
  EXPECT_EQ(of(120, 60).left_out, "Left out, since they never change: colour.");
  const Factors factors = of(120, 61);
  EXPECT_EQ(factors.names, (std::vector<std::string>{"pair"}));
  EXPECT_NE(factors.left_out.find("id (61 values, at most 60 for 120 examples)"), std::string::npos)
      << factors.left_out;
  EXPECT_EQ(of(4000, 256).names.size(), 2U);
  EXPECT_EQ(of(4000, 257).names.size(), 1U);
  EXPECT_EQ(factors_of({"id"}, counted(4000, 4000), {0}).sizes, (std::vector<int64_t>{20}));  // a quantity, in bins
}

TEST(Factors, RefusesWhatCannotBeMeasured) {
  const auto of = [](const Tensor& values) { return complaint([&] { factors_of({"a", "b"}, values, {0, 0}); }); };
  EXPECT_NE(of(at::zeros({5, 3})).find("[N, 2], found [5, 3]"), std::string::npos);
  EXPECT_NE(of(at::zeros({0, 2})).find("found none"), std::string::npos);
  EXPECT_NE(of(at::full({5, 2}, std::numeric_limits<double>::quiet_NaN())).find("NaN"), std::string::npos);
  EXPECT_NE(of(at::ones({5, 2})).find("expected one that varies"), std::string::npos);
  const std::string only_id = complaint([] { factors_of({"id"}, counted(300, 300), {300}); });
  EXPECT_NE(only_id.find("found none among 1 in 300 examples"), std::string::npos) << only_id;
  EXPECT_NE(only_id.find("divide it by its greatest value"), std::string::npos) << only_id;
}

TEST(Representation, RefusesWhatCannotBeMeasured) {
  const Factors factors = known::factors(200);
  const auto of = [&](const Tensor& codes, const Factors& beside) {
    return complaint([&] { representation("e", codes, beside); });
  };
  EXPECT_EQ(of(known::noise(200, 2), factors), "none");
  EXPECT_NE(of(known::noise(199, 2), factors).find("expected codes [200, D]"), std::string::npos);
  EXPECT_NE(of(at::zeros({200, 0}), factors).find("found [200, 0]"), std::string::npos);
  EXPECT_NE(of(known::noise(200, 2) / 0.0, factors).find("infinity"), std::string::npos);
  EXPECT_NE(of(known::noise(99, 2), known::factors(99)).find("100 examples or more, found 99"), std::string::npos);
}

TEST(Representations, BlocksTogetherThenAloneThenNoise) {
  const fakes::Source data(4, 3, {{Split::fit, 120}, {Split::score, 90}});
  const Block e{"e", 2, Role::target}, z{"z", 3, Role::common}, a{"a", 4, Role::whole, true};
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of(representations(with({e}), data, 0)), (Names{"e", "noise"}));
  EXPECT_EQ(names_of(representations(with({e, z}), data, 0)), (Names{"e and z", "e", "z", "noise"}));
  EXPECT_EQ(names_of(representations(with({e, a}), data, 0)), (Names{"e", "a", "e and a", "noise"}));
  const auto rows = representations(with({e, a, z}), data, 0);
  EXPECT_EQ(names_of(rows), (Names{"e and z", "e", "a", "z", "e and a and z", "noise"}));
  EXPECT_EQ(rows[0].codes.sizes(), (std::vector<int64_t>{210, 5}));
  EXPECT_EQ(rows[4].codes.sizes(), (std::vector<int64_t>{210, 9}));
  EXPECT_EQ(rows[5].codes.sizes(), (std::vector<int64_t>{210, 9}));
}

// Codes and factors of the two splits stand beside each other in the same order.
TEST(Representations, RowsAreOfTheSameImages) {
  const fakes::Source data(4, 0, {{Split::fit, 300}, {Split::score, 270}});
  const fakes::FakeModel reader(Space::square(3, 8), {{"e", 4, Role::whole}}, [](const Tensor& x) {
    return Codes{(x.select(1, 0).select(1, 0).slice(1, 0, 4) + 1) / 2};
  });
  const Representation row = representations(reader, data, 0).at(0);
  EXPECT_LT((row.codes - row.factors.values).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(row.factors.values.slice(0, 300).to(at::kFloat).equal(data.factors(Split::score, all_indices(270))));
}

TEST(Representations, SizesOfFactorsMakeThemDiscrete) {
  struct Sized : fakes::Source {
    Sized() : Source(2, 0, {{Split::fit, 120}, {Split::score, 90}}) {}
    [[nodiscard]] const DataInfo& info() const override { return with_sizes_; }
    [[nodiscard]] Tensor factors(Split split, const Indices& indices) const override {
      return (Source::factors(split, indices) * 2).round() / 2;  // 0, 0.5 and 1
    }
    DataInfo with_sizes_ = [this] {
      DataInfo info = Source::info();
      info.factor_sizes = {3, 0};
      return info;
    }();
  };
  const Factors factors = representations(fakes::halves(), Sized(), 0).at(0).factors;
  EXPECT_EQ(factors.real, (std::vector<bool>{false, true}));
  EXPECT_EQ(factors.sizes, (std::vector<int64_t>{3, 3}));
  EXPECT_EQ(factors.values.select(1, 0).max().item<double>(), 2);
  EXPECT_EQ(factors.values.select(1, 1).max().item<double>(), 1);
}

TEST(Evaluator, EncodesEachImageOnceForAllMetricsOfCodes) {
  int64_t encoded = 0;
  const fakes::FakeModel counting(Space::square(3, 8), {{"e", 2, Role::whole}}, [&](const Tensor& x) {
    encoded += x.size(0);
    return Codes{x.mean({2, 3}).slice(1, 0, 2)};
  });
  const fakes::Source data(4, 3, {{Split::fit, 120}, {Split::score, 90}});
  Evaluator evaluator(counting, data);
  for (const char* name : {"mig", "irs", "sap"}) evaluator.measure(metric(name));
  EXPECT_EQ(encoded, 210);
}

TEST(Evaluator, TablesSayWhatIsNoFactor) {
  const Factors factors = factors_of({"pair", "id"}, at::cat({counted(300, 2), counted(300, 300)}, 1), {2, 300});
  const std::vector<Representation> rows = {representation("codes", known::noise(300, 2), factors)};
  for (const char* name : {"mig", "modularity"})
    EXPECT_NE(score_codes(metric(name), rows, 0).note.find("id (300 values"), std::string::npos) << name;
}

TEST(Division, RowsToFitAndRowsToScoreAreOthers) {
  const Division few = divided(300, 1);
  EXPECT_EQ(few.fit.size(0), 200);
  EXPECT_EQ(few.score.size(0), 100);
  EXPECT_EQ(std::get<0>(at::cat({few.fit, few.score}).sort()).equal(at::arange(300)), true);
  EXPECT_FALSE(few.fit.equal(divided(300, 2).fit));
  const Division many = divided(40000, 1);
  EXPECT_EQ(many.fit.size(0), 10000);
  EXPECT_EQ(many.score.size(0), 5000);
}

TEST(Groups, SetsShareTheFactorAndNotTheOthers) {
  const Factors factors = known::factors(500);
  const Groups groups(factors);
  std::set<int64_t> values;
  const Tensor sets = groups.sets(1, 40, 8, 3);
  ASSERT_EQ(sets.sizes(), (std::vector<int64_t>{40, 8}));
  for (int64_t n = 0; n < 40; ++n) {
    const Tensor classes = factors.classes.index_select(0, sets[n]);
    EXPECT_TRUE(classes.select(1, 1).eq(classes[0][1]).all().item<bool>());
    values.insert(classes[0][1].item<int64_t>());
  }
  EXPECT_EQ(values.size(), 4U);
  EXPECT_GT(factors.classes.index_select(0, sets[0]).select(1, 2).to(at::kDouble).std().item<double>(), 0);
  EXPECT_FALSE(sets.equal(groups.sets(1, 40, 8, 4)));
  const Tensor rows = groups.rows(2, 5);
  EXPECT_EQ(rows.size(0), factors.classes.select(1, 2).eq(5).sum().item<int64_t>());
  EXPECT_TRUE(factors.classes.index_select(0, rows).select(1, 2).eq(5).all().item<bool>());
}

}  // namespace
}  // namespace refract
