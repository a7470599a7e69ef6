// What holds for every method on every kind of example: pictures that are not square, rows of numbers, rows of counts.
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/data/loader.h"
#include "refract/methods/registry.h"
#include "refract/train/checkpoint.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::message_of;
using testing_support::TempFolder;

struct Kind {
  std::string name;
  Space space;
};

Space counts() {
  Space space = Space::row(12, Values::counts);
  space.library = 100;
  return space;
}

std::vector<Kind> kinds() {
  return {{"wide", Space::picture(3, 16, 24)},
          {"high", Space::picture(1, 32, 16)},
          {"numbers", Space::row(12)},
          {"counts", counts()}};
}

using Row = std::tuple<std::string, Kind>;

class SpaceContract : public testing::TestWithParam<Row> {
 protected:
  SpaceContract() : recipe_(method(std::get<0>(GetParam())).recipe()), space_(std::get<1>(GetParam()).space) {
    for (const auto& [key, value] : KeyValues{{"widths", "4,6"},
                                              {"dense_widths", "16,8"},
                                              {"hidden", "12"},
                                              {"latent", "4"},
                                              {"latent_e", "3"},
                                              {"latent_s", "3"},
                                              {"latent_z", "4"},
                                              {"learning_rate", "0.01"},
                                              {"discriminator_features", "8"},
                                              {"discriminator_layers", "2"},
                                              {"classes", "2"}})
      if (recipe_.options.has(key)) recipe_.options.set(key, value);
  }

  // Null where the method does not take such examples; then it says so.
  [[nodiscard]] std::unique_ptr<Method> made() const {
    at::manual_seed(3);
    try {
      return recipe_.make(space_);
    } catch (const BadInput& error) {
      EXPECT_FALSE(space_.is_picture()) << error.what();
      EXPECT_NE(std::string(error.what()).find(text_of(space_)), std::string::npos) << error.what();
      return nullptr;
    }
  }

  [[nodiscard]] Batch batch(const Method& method, int64_t step) const {
    const std::unique_ptr<DataSource> data = source();
    return Loader(*data, method.needs(), 6, 1).at(step);
  }

  [[nodiscard]] std::unique_ptr<DataSource> source() const {
    const std::map<Split, int64_t> sizes = {{Split::unlabelled, 24}, {Split::reference, 12}, {Split::score, 8}};
    if (space_.is_picture()) return std::make_unique<fakes::Source>(2, 2, sizes, space_);
    return std::make_unique<fakes::Rows>(sizes, space_, 2);
  }

  MethodRecipe recipe_;
  Space space_;
  TempFolder folder_;
};

// Of examples, or drawn from the priors where the model has no encoder.
Codes some_codes(const Method& method, const Tensor& examples) {
  return method.encodes() ? method.encode(examples) : draw_prior(method, examples.size(0), generator_of(4));
}

TEST_P(SpaceContract, CodesAndExamplesHaveTheirShapes) {
  const auto method = made();
  if (!method) return;
  const at::NoGradGuard no_grad;
  EXPECT_EQ(method->space(), space_);
  const Tensor x = source()->examples(Split::score, {0, 1, 2, 3, 4});
  const Codes codes = some_codes(*method, x);
  ASSERT_EQ(codes.size(), method->blocks().size());
  for (size_t b = 0; b < codes.size(); ++b)
    EXPECT_EQ(codes[b].sizes().vec(), (std::vector<int64_t>{5, method->blocks()[b].size}));
  if (!method->generates()) return;
  const Tensor decoded = method->decode(codes);
  EXPECT_EQ(decoded.sizes().vec(), space_.batch(5));
  EXPECT_TRUE(at::isfinite(decoded).all().item<bool>());
  if (space_.values == Values::pixels) {
    EXPECT_LE(decoded.abs().max().item<double>(), 1);
  }
  if (space_.values == Values::counts) {
    EXPECT_GE(decoded.min().item<double>(), 0);
    EXPECT_LT((decoded.sum(1) - space_.library).abs().max().item<double>(), 0.01);
  }
}

TEST_P(SpaceContract, StepsAreFiniteAndMoveEveryParameter) {
  const auto method = made();
  if (!method) return;
  std::vector<Tensor> before;
  for (Player* player : method->players())
    for (const auto& [name, weight] : player->weights()) before.push_back(weight.clone());
  for (int64_t step = 0; step < 6; ++step) {
    at::manual_seed(static_cast<uint64_t>(step));
    Update update;
    for (const auto& [name, term] : method->step(batch(*method, step), update))
      EXPECT_TRUE(std::isfinite(term.item<double>())) << name;
    EXPECT_TRUE(update.finite());
  }
  size_t i = 0;
  for (Player* player : method->players())
    for (const auto& [name, weight] : player->weights()) EXPECT_FALSE(at::equal(weight, before.at(i++))) << name;
}

TEST_P(SpaceContract, ACheckpointHoldsTheWholeModel) {
  const auto method = made();
  if (!method) return;
  Update update;
  method->step(batch(*method, 0), update);
  save_checkpoint(folder_ / "step", *method, {1, "any", 1, "any"});
  at::manual_seed(99);
  const auto other = recipe_.make(space_);
  load_checkpoint(folder_ / "step", "any", *other, true);
  const at::NoGradGuard no_grad;
  const Tensor x = source()->examples(Split::score, {0, 1, 2});
  const Codes codes = some_codes(*method, x), others = some_codes(*other, x);
  for (size_t b = 0; b < codes.size(); ++b) EXPECT_TRUE(at::equal(codes[b], others[b]));
  if (method->generates()) {
    EXPECT_TRUE(at::equal(method->decode(codes), other->decode(codes)));
  }
}

// Draws are functions of the generator alone, and leave the global one as it is.
TEST_P(SpaceContract, DrawsTakeAGenerator) {
  const auto method = made();
  if (!method) return;
  const at::NoGradGuard no_grad;
  const Tensor x = source()->examples(Split::score, {0, 1, 2});
  const auto draws = [&](uint64_t seed) {
    const at::Generator generator = generator_of(seed);
    Codes all;
    if (method->encodes()) all = method->draw(x, generator);
    for (const Tensor& code : draw_prior(*method, 3, generator))
      if (code.defined()) all.push_back(code);
    return all;
  };
  at::manual_seed(5);
  const Tensor untouched = at::rand({4});
  at::manual_seed(5);
  const Codes one = draws(1), same = draws(1), other = draws(2);
  EXPECT_TRUE(at::equal(at::rand({4}), untouched));
  bool differs = false;
  for (size_t b = 0; b < one.size(); ++b) {
    EXPECT_TRUE(at::equal(one[b], same[b]));
    differs = differs || !at::equal(one[b], other[b]);
  }
  EXPECT_EQ(differs, method->generates());
}

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const MethodEntry& entry : methods())
    for (const Kind& kind : kinds()) all.emplace_back(entry.name, kind);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, SpaceContract, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::get<0>(row.param) + "_" + std::get<1>(row.param).name; });

TEST(SpaceContractItself, OnlyWhatDeformsPicturesTakesNoRows) {
  std::string refusing;
  for (const Kind& kind : kinds())
    for (const MethodEntry& entry : methods())
      if (!kind.space.is_picture() && !message_of<BadInput>([&] { entry.recipe().make(kind.space); }).empty())
        refusing += entry.name + "_" + kind.name + " ";
  EXPECT_EQ(refusing, "guidedvae_numbers guidedbetatcvae_numbers guidedvae_counts guidedbetatcvae_counts ");
}

}  // namespace
}  // namespace refract
