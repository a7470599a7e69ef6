// The study lrlivae-inpainting: what it reads is there, and both methods see the same people.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "app/study/study_plan.h"
#include "refract/eval/metrics/inpainting.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

TEST(InpaintingStudy, ReadsRowsThatTheMetricHas) {
  const fakes::Source data{0, 2, {{Split::unlabelled, 4}, {Split::score, 4}}, Space::square(1, 8)};
  std::set<std::string> measured;
  for (const MetricTable::Row& row : inpainting_table(fakes::OfClasses(), data, {.settings = {.steps = 1}}).rows)
    measured.insert(row.name);
  const Study& study = refract::study("lrlivae-inpainting");
  EXPECT_EQ(study.metric, "inpainting");
  for (const StudyRow& row : study.rows) EXPECT_TRUE(measured.contains(row.features)) << row.features;
  for (const OtherFeatures& other : study.other_features)
    EXPECT_TRUE(measured.contains(other.features)) << other.features;
  EXPECT_EQ(study.other_features.size(), study.rows.size());
}

TEST(InpaintingStudy, MethodsDifferInNothingButTheirObjective) {
  const Study& study = refract::study("lrlivae-inpainting");
  for (const Budget& budget : study.budgets) {
    const StudyPlan plan = {study, budget, 1, {}, "none"};
    const auto ours = settings_of(plan.job(study.rows.at(0), 0, 1)),
               rival = settings_of(plan.job(study.rows.at(1), 0, 1));
    EXPECT_EQ(ours->data_recipe.options.at("unseen_people").text(), "8");
    EXPECT_EQ(to_toml(ours->data_recipe.options), to_toml(rival->data_recipe.options));
    for (const char* shared : {"widths", "learning_rate", "discriminator_widths"})
      EXPECT_EQ(ours->options.at(shared).text(), rival->options.at(shared).text()) << shared;
    EXPECT_EQ(ours->train.steps, rival->train.steps);
    EXPECT_EQ(std::stoll(ours->options.at("latent_s").text()) + std::stoll(ours->options.at("latent_u").text()),
              std::stoll(rival->options.at("latent_z").text()));
  }
}

}  // namespace
}  // namespace refract
