// Which images score a probe, and how sure its score is.
#include "refract/eval/held_out.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "refract/eval/evaluator.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

TEST(HeldOut, ManyImagesScoreWhatOthersFitted) {
  const HeldOut held_out(40, 500);
  ASSERT_EQ(held_out.folds().size(), 1U);
  EXPECT_TRUE(held_out.folds()[0].fit.equal(at::arange(40)));
  EXPECT_TRUE(held_out.folds()[0].score.equal(at::arange(40, 540)));
  EXPECT_EQ(held_out.protocol(), "fitted on 40 examples, scored on 500 others");
}

TEST(HeldOut, FewImagesScoreInTurnEachOnce) {
  const Tensor classes = at::arange(160).remainder(2);
  const HeldOut held_out(80, 80, classes);
  ASSERT_EQ(held_out.folds().size(), 5U);
  std::vector<Tensor> scored;
  for (const Fold& fold : held_out.folds()) {
    const Tensor both = at::cat({fold.fit, fold.score});
    EXPECT_TRUE(std::get<0>(both.sort()).equal(at::arange(160)));
    EXPECT_EQ(fold.score.numel(), 32);
    EXPECT_EQ(classes.index_select(0, fold.score).sum().item<int64_t>(), 16);
    scored.push_back(fold.score);
  }
  EXPECT_TRUE(std::get<0>(at::cat(scored).sort()).equal(at::arange(160)));
  EXPECT_TRUE(held_out.scored(at::arange(160)).equal(at::cat(scored)));
  EXPECT_TRUE(contains(held_out.protocol(), "160 examples")) << held_out.protocol();
}

// No image is read by what it fitted: a reader that knows what it was given finds none of what it is asked.
TEST(HeldOut, AReaderIsAskedWhatItHasNotSeen) {
  const FeatureSet set{"number", at::arange(60).unsqueeze(1), at::arange(60, 100).unsqueeze(1)};
  const Tensor truth = at::arange(100);
  const HeldOut held_out(60, 40);
  const Tensor seen =
      held_out.predictions(set, truth, [](const Tensor& features, const Tensor& known, const Tensor& asked) {
        EXPECT_TRUE(features.squeeze(1).equal(known));
        return asked.eq(features.t()).any(1);
      });
  EXPECT_EQ(seen.size(0), 100);
  EXPECT_FALSE(seen.any().item<bool>());
}

TEST(HeldOut, ErrorsHaveTheirStandardErrors) {
  const Tensor errors = at::tensor({1.0, 2.0, 3.0, 6.0, 1.0, 0.0, 1.0, 0.0}, at::kDouble).view({2, 4}).t();
  const MetricTable::Row row = mean_errors("e", errors, true);
  ASSERT_EQ(row.spreads.size(), 3U);
  EXPECT_NEAR(row.values[0], 3, 1e-12);
  EXPECT_NEAR(row.spreads[0], std::sqrt(14.0 / 3 / 4), 1e-12);
  EXPECT_NEAR(row.spreads[1], std::sqrt(1.0 / 3 / 4), 1e-12);
  EXPECT_NEAR(row.values[2], 1.75, 1e-12);
  EXPECT_NEAR(row.spreads[2], errors.mean(1).std().item<double>() / 2, 1e-12);
}

// The case: 80 scored images of two classes. What one table calls its spread is how far tables differ.
TEST(HeldOut, SpreadsAreHowFarRepeatedDrawsDiffer) {
  at::manual_seed(5);
  const Tensor truth = at::arange(80).remainder(2);
  std::vector<double> values, spreads;
  for (int draw = 0; draw < 400; ++draw) {
    const Tensor right = at::rand({80}).lt(0.6);
    const MetricTable::Row row = recognised("e", at::where(right, truth, 1 - truth), truth, 2);
    values.push_back(row.values.back());
    spreads.push_back(row.spreads.back());
  }
  const double differ = at::tensor(values, at::kDouble).std().item<double>();
  EXPECT_NEAR(differ, std::sqrt(0.6 * 0.4 / 80), 0.005);
  EXPECT_NEAR(at::tensor(spreads, at::kDouble).mean().item<double>(), differ, 0.1 * differ);
}

TEST(HeldOut, AFewRightAnswersAreNotCertain) {
  const Tensor truth = at::tensor({0, 0, 0, 1}, at::kLong);
  const MetricTable::Row row = recognised("e", truth, truth, 3);
  EXPECT_EQ(row.values[0], 1);
  EXPECT_NEAR(row.spreads[0], std::sqrt(0.8 * 0.2 / 3), 1e-12);
  EXPECT_GT(row.spreads[1], row.spreads[0]);
  EXPECT_TRUE(std::isnan(row.values[2]) && std::isnan(row.spreads[2]));
}

// Probes on few images.

const Space small = Space::square(3, 4);

fakes::Source few() {
  return {3, 2, {{Split::fit, 80}, {Split::score, 80}}, small};
}

Tensor known_label(const Tensor& x) {
  return x.select(1, 0).select(1, 1).slice(1, 0, 1);
}
Tensor known_factors(const Tensor& x) {
  return x.select(1, 0).select(1, 0).slice(1, 0, 3);
}

// "e" knows, "z" is noise.
fakes::FakeModel knowing(Tensor (*e)(const Tensor&), int64_t size) {
  return {small, {{"e", size, Role::target}, {"z", 4, Role::common}}, [e](const Tensor& x) {
            return Codes{e(x), x.select(1, 0).select(1, 3).slice(1, 0, 4)};
          }};
}

const MetricTable::Row& row(const MetricTable& table, const std::string& name) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& r) { return r.name == name; });
  if (found == table.rows.end()) throw std::runtime_error("no row " + name);
  return *found;
}

TEST(ProbesOnFewImages, SayWhatIsNotDistinguishableFromChance) {
  const fakes::Source data = few();
  const MetricTable table = Evaluator(knowing(known_label, 1), data).measure(metric("classify"));
  EXPECT_EQ(table.note, "Not distinguishable from chance: z.");
  EXPECT_TRUE(contains(table.protocol, "cross-validated over the 160 examples")) << table.protocol;
  EXPECT_EQ(row(table, "e").values.back(), 1);
  EXPECT_NEAR(row(table, "z").spreads.back(), std::sqrt(0.25 / 160), 0.002);
  for (const MetricTable::Row& r : table.rows)
    if (r.name != "chance") {
      EXPECT_EQ(r.spreads.size(), r.values.size()) << r.name;
    }
}

TEST(ProbesOnFewImages, SayWhatIsNoBetterThanTheMean) {
  const fakes::Source data = few();
  const MetricTable table = Evaluator(knowing(known_factors, 3), data).measure(metric("probe"));
  EXPECT_EQ(table.note, "Not distinguishable from predicting the mean: z.");
  EXPECT_TRUE(contains(table.protocol, "cross-validated over the 160 examples")) << table.protocol;
  EXPECT_LT(row(table, "e").values.back(), 1e-5);
  EXPECT_NEAR(row(table, "predict the mean").spreads.at(0), 0.25 / std::sqrt(3.0) / std::sqrt(160.0), 0.002);
}

TEST(ProbesOnFewImages, NothingIsSaidWhereAllIsClear) {
  const fakes::Source data = few();
  EXPECT_EQ(Evaluator(fakes::whole(small), data).measure(metric("classify")).note, "");
}

TEST(Probes, StandBesideAnUntrainedEncoderAndRawPixels) {
  const fakes::Source data = few();
  const fakes::FakeModel model = knowing(known_factors, 3);
  const fakes::FakeModel untrained(small, {{"e", 4, Role::target}, {"z", 1, Role::common}}, [](const Tensor& x) {
    return Codes{x.select(1, 0).select(1, 3).slice(1, 0, 4), known_label(x)};
  });
  const MetricTable probe = Evaluator(model, data, 0, &untrained).measure(metric("probe"));
  const double mean = row(probe, "predict the mean").values.back();
  EXPECT_NEAR(row(probe, "untrained encoder").values.back(), mean, 0.03);
  EXPECT_LT(row(probe, "raw pixels").values.back(), mean / 2);
  EXPECT_TRUE(contains(probe.note, "untrained encoder")) << probe.note;
  const MetricTable classify = Evaluator(model, data, 0, &untrained).measure(metric("classify"));
  EXPECT_EQ(row(classify, "untrained encoder").values.back(), 1);  // all of its blocks are read
  const MetricTable bare = Evaluator(model, data).measure(metric("classify"));
  EXPECT_THROW(row(bare, "untrained encoder"), std::runtime_error);
  EXPECT_FALSE(contains(bare.protocol, "ntrained"));
}

// So that a probe on pixels stays cheap, and a pixel that is lit in one image decides nothing.
TEST(Probes, ReadPrincipalComponentsOfAveragedPictures) {
  const fakes::Source data{1, 0, {{Split::fit, 40}, {Split::score, 2}}, Space::square(3, 32)};
  const FeatureSet pixels = baseline_sets(data, nullptr).at(0);
  const Tensor averaged =
      data.examples(Split::fit, all_indices(40)).view({40, 3, 16, 2, 16, 2}).mean({3, 5}).flatten(1);
  const Tensor largest = at::linalg_svdvals(averaged - averaged.mean(0, true)).slice(0, 0, 10).flip(0);
  ASSERT_EQ(pixels.fit.sizes(), (std::vector<int64_t>{40, 10}));
  EXPECT_EQ(pixels.score.sizes(), (std::vector<int64_t>{2, 10}));
  EXPECT_TRUE(at::allclose(pixels.fit.square().sum(0).sqrt(), largest, 1e-3)) << pixels.fit.square().sum(0).sqrt();
  EXPECT_TRUE(contains(baseline_protocol(data, nullptr), "averaged to 16x16"));
}

// Black pictures but for one pixel, which is lit in a few: least squares on it would say anything of the others.
TEST(Probes, APixelThatIsSeldomLitDoesNotSpoilTheRestOfTheTable) {
  struct Dots : fakes::Source {
    using fakes::Source::Source;
    [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
      Tensor images = fakes::Source::examples(split, indices);
      for (size_t n = 0; n < indices.size(); ++n) {
        const int64_t seldom = 1 + indices[n] % 12;
        images[static_cast<int64_t>(n)].slice(1, 2).mul_(1e-4);
        if (indices[n] % 97 == 0)
          images[static_cast<int64_t>(n)].select(1, 3 + seldom).fill_(split == Split::fit ? 1e-3 : 1);
      }
      return images;
    }
  };
  const Dots data{3, 0, {{Split::fit, 500}, {Split::score, 500}}, Space::square(3, 16)};
  const MetricTable table = Evaluator(fakes::whole(Space::square(3, 16)), data).measure(metric("probe"));
  EXPECT_LT(row(table, "raw pixels").values.back(), row(table, "predict the mean").values.back());
}

}  // namespace
}  // namespace refract
