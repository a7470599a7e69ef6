// Some classes train without their label.
#include "refract/data/unnamed_classes.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/train/trainer.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;

// Of four classes, "class 0" to "class 3".
std::unique_ptr<DataSource> four_classes(const std::string& unnamed, int64_t classes = 4) {
  return UnnamedClasses{unnamed}.applied(std::make_unique<fakes::Source>(
      2, classes, std::map<Split, int64_t>{{Split::unlabelled, 12}, {Split::fit, 8}, {Split::score, 8}}));
}

TEST(UnnamedClasses, AreUnknownToMethodsAndTheOthersKeepTheirNames) {
  const auto plain = four_classes(""), data = four_classes("class 2, class 0");
  EXPECT_EQ(plain->info().attributes.size(), 0U);
  EXPECT_EQ(data->info().classes, plain->info().classes);
  const std::vector<Attribute> attributes = attributes_of(data->info());
  ASSERT_EQ(attributes.size(), 1U);
  EXPECT_EQ(attributes[0], (Attribute{"class", {"class 1", "class 3"}}));
  EXPECT_TRUE(contains(data->info().note, "class 2, class 0")) << data->info().note;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
    ASSERT_EQ(data->count(split), plain->count(split));
    const Indices all = all_indices(data->count(split));
    EXPECT_TRUE(at::equal(data->examples(split, all), plain->examples(split, all)));
    EXPECT_TRUE(at::equal(data->factors(split, all), plain->factors(split, all)));
    EXPECT_TRUE(at::equal(data->labels(split, all), plain->labels(split, all)));
    EXPECT_TRUE(at::equal(data->attributes(split, {0, 1, 2, 3, 5, 6}).squeeze(1),
                          at::tensor({-1, 0, -1, 1, 0, -1}, at::kLong)));
  }
}

TEST(UnnamedClasses, WhatCannotBeIsRefused) {
  EXPECT_TRUE(contains(message_of<BadInput>([] { four_classes("class 5"); }), "'class 5'"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { four_classes("class 0,class 1,class 2,class 3"); }), "all 4 values"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { four_classes("class 0", 0); }), "no labels"));
}

// Eq. 11 of Zheng and Sun 2019: with two digits unnamed there are eight class Gaussians.
TEST(UnnamedClasses, TrainLrLivaeWithoutTheirLabels) {
  const TempFolder folder;
  OpenedRun run = start_run(folder / "run",
                            tiny("lrlivae", {{"unnamed_classes", "3,8"}, {"latent_s", "3"}, {"latent_u", "4"}}), "");
  EXPECT_EQ(run.method->prior(1).mean.size(0), 8);
  const std::vector<std::string> named = attributes_of(run.data->info()).front().values;
  EXPECT_EQ(named, (std::vector<std::string>{"0", "1", "2", "4", "5", "6", "7", "9"}));
  EXPECT_TRUE(run.data->attributes(Split::unlabelled, all_indices(64)).lt(0).any().item<bool>());
  EXPECT_EQ(train(*run.method, *run.data, *run.settings, run.run, 0, {}), Outcome::finished);
  EXPECT_EQ(open_run(folder / "run", true).method->blocks().front().size, 8);
}

}  // namespace
}  // namespace refract
