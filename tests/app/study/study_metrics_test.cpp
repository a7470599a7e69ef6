// Numbers of other metrics beside those of a study's own.
#include "app/study/study_metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace refract {
namespace {

Study study_with_rate() {
  Study study;
  study.metric = "leak";
  study.beside = {{"mismatch", "kl", "sum", {{"z mean", "z (mismatch)"}, {"z sampled", "z (mismatch)"}}, "KL"},
                  {"first of z", "kl", "1", {{"z mean", "z"}}, "a column that is not there"}};
  return study;
}

MetricTable leak_table() {
  return {"leak", "", "", {"KL", "test error"}, {{"s", {NAN, .1}}, {"z mean", {9, .8}, {.5, .1}}}, "By a network."};
}

MetricTable kl_table() {
  return {"kl", "", "", {"1", "sum"}, {{"z", {4, 9}}, {"z (mismatch)", {1, 2}}}, "Over 10 examples."};
}

TEST(StudyMetrics, EachIsNamedOnce) {
  EXPECT_EQ(metrics_of(study_with_rate()), (std::vector<std::string>{"leak", "kl"}));
  EXPECT_EQ(metrics_of(Study()), (std::vector<std::string>{""})) << "nothing stands beside";
}

TEST(StudyMetrics, NumbersOfOthersStandBesideTheRowsThatTheyBelongTo) {
  const auto table = joined_table(study_with_rate(), {kl_table(), leak_table()});
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->columns, (std::vector<std::string>{"first of z", "KL", "mismatch", "test error"}));
  EXPECT_EQ(table->rows.at(1).values, (std::vector<double>{4, 9, 2, .8}));
  EXPECT_TRUE(table->rows.at(1).spreads.empty());
  const std::vector<double>& of_s = table->rows.at(0).values;
  ASSERT_EQ(of_s.size(), 4);
  EXPECT_TRUE(std::isnan(of_s[0]) && std::isnan(of_s[1]) && std::isnan(of_s[2]));
  EXPECT_EQ(of_s[3], .1);
  EXPECT_EQ(table->protocol, "By a network. mismatch: Over 10 examples. first of z: Over 10 examples.");
}

TEST(StudyMetrics, AnEvaluationWithoutOneOfThemIsNotTheWhole) {
  EXPECT_FALSE(joined_table(study_with_rate(), {leak_table()}).has_value());
  EXPECT_FALSE(joined_table(study_with_rate(), {kl_table()}).has_value());
}

TEST(StudyMetrics, WhatOnlyTheStudysMetricMeasuredHasTheSameColumns) {
  const MetricTable table = with_columns(study_with_rate(), leak_table(), {});
  EXPECT_EQ(table.columns.size(), 4);
  EXPECT_TRUE(std::isnan(table.rows.at(1).values.at(2)));
  EXPECT_EQ(table.rows.at(1).values.at(3), .8);
  EXPECT_EQ(table.protocol, "By a network.");
}

}  // namespace
}  // namespace refract
