// The classifiers that judge samples: which ones can, and how they are asked.
#include "refract/eval/judge.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

fakes::FakeModel judge_of_attributes(const std::vector<std::optional<size_t>>& attributes) {
  std::vector<Block> blocks;
  for (const auto& attribute : attributes) {
    blocks.push_back({"c", 2, Role::category, true});
    blocks.back().attribute = attribute;
  }
  blocks.push_back({"f", 1, Role::whole});
  return {Space::square(1, 8), blocks, [](const Tensor&) { return Codes(); }};
}

// Two labels with two values each: only the right one can judge, wherever its block stands.
TEST(Judge, TellsTheLabelThatIsJudged) {
  DataInfo info;
  info.space = Space::square(1, 8);
  info.attributes = {{"hat", {"no", "yes"}}, {"beard", {"no", "yes"}}};
  EXPECT_EQ(judging_category(judge_of_attributes({0}), info, 0), 0U);
  EXPECT_EQ(judging_category(judge_of_attributes({1, 0}), info, 0), 1U);
  for (const auto& other : {judge_of_attributes({1}), judge_of_attributes({std::nullopt})}) {
    const std::string missing = lacks_opinion(other, info, 0);
    EXPECT_TRUE(contains(missing, "hat") && contains(missing, "label_columns=0")) << missing;
    EXPECT_THROW(static_cast<void>(judging_category(other, info, 0)), BadInput);
  }
  info.attributes[0].values.emplace_back("perhaps");
  EXPECT_TRUE(contains(lacks_opinion(judge_of_attributes({0}), info, 0), "3 values"));
}

TEST(Opinion, LargerPicturesAreFewerAtATime) {
  const fakes::FakeModel judge(Space::square(1, 128), {{"c", 2, Role::category, true}, {"f", 1, Role::whole}},
                               [](const Tensor& x) {
                                 const Tensor gray = x.mean({2, 3});
                                 return Codes{at::cat({gray, 1 - gray}, 1), gray};
                               });
  std::vector<int64_t> asked;
  const ExamplesOf flat = [&](const Indices& rows) {
    asked.push_back(std::ssize(rows));
    const Tensor gray = at::tensor(rows, at::kLong).to(at::kFloat) / 100;
    return Examples(gray.view({-1, 1, 1, 1}).expand({-1, 1, 128, 128}));
  };
  const Opinion found = opinion_of(judge, 0, flat, 100);
  EXPECT_EQ(asked, (std::vector<int64_t>{62, 38}));  // a quarter of 250
  EXPECT_NEAR(found.features[99].item<double>(), 0.99, 1e-5);
  EXPECT_NEAR(found.probabilities[60][1].item<double>(), 0.4, 1e-5);
}

TEST(JudgeTraining, FewExamplesEndItEarly) {
  const JudgeTraining training = {.steps = 300, .passes = 30, .batch = 64};
  EXPECT_EQ(training.steps_with(10'000), 300);
  EXPECT_EQ(training.steps_with(128), 60);
  EXPECT_EQ(training.batch_of(40), 40);
  EXPECT_EQ(training.steps_with(40), 30);
}

}  // namespace
}  // namespace refract
