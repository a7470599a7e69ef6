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

TEST(StudyMetrics, AreThoseThatTheRowsAreReadFrom) {
  Study study = study_with_rate();
  study.rows = {{"VAE", "vae", {}, "s", 1, {}, {}}, {"beta-VAE", "betavae", {}, "s", 1, {}, {}}};
  study.other_features = {{"vae", "z mean", {}}};
  EXPECT_EQ(rows_read(study, study.rows[0]), (std::vector<std::string>{"s", "z mean"}));
  EXPECT_EQ(metrics_of(study, rows_read(study, study.rows[0])), (std::vector<std::string>{"leak", "kl"}));
  EXPECT_EQ(metrics_of(study, rows_read(study, study.rows[1])), (std::vector<std::string>{"leak"}));
}

TEST(StudyMetrics, NumbersOfOthersStandBesideTheRowsThatTheyBelongTo) {
  const MetricTable table = joined_table(study_with_rate(), {kl_table(), leak_table()});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"first of z", "KL", "mismatch", "test error"}));
  EXPECT_EQ(table.rows.at(1).values, (std::vector<double>{4, 9, 2, .8}));
  EXPECT_TRUE(table.rows.at(1).spreads.empty());
  const std::vector<double>& of_s = table.rows.at(0).values;
  ASSERT_EQ(of_s.size(), 4);
  EXPECT_TRUE(std::isnan(of_s[0]) && std::isnan(of_s[1]) && std::isnan(of_s[2]));
  EXPECT_EQ(of_s[3], .1);
  EXPECT_EQ(table.protocol, "By a network. mismatch, first of z: Over 10 examples.");
}

// "z sampled" is in the table of leak under no such name.
TEST(StudyMetrics, RowsThatOnlyAnotherHasFollow) {
  const MetricTable table = joined_table(study_with_rate(), {kl_table(), leak_table()});
  ASSERT_EQ(table.rows.size(), 3);
  EXPECT_EQ(table.rows[2].name, "z sampled");
  EXPECT_EQ(table.rows[2].values.at(2), 2);
  for (const size_t column : {0, 1, 3}) EXPECT_TRUE(std::isnan(table.rows[2].values.at(column))) << column;
  EXPECT_EQ(joined_table(study_with_rate(), {leak_table()}).rows.size(), 2) << "nobody has it";
}

TEST(StudyMetrics, WhatOnlyTheStudysMetricMeasuredHasTheSameColumns) {
  const MetricTable table = joined_table(study_with_rate(), {leak_table()});
  EXPECT_EQ(table.columns.size(), 4);
  EXPECT_TRUE(std::isnan(table.rows.at(1).values.at(2)));
  EXPECT_EQ(table.rows.at(1).values.at(3), .8);
  EXPECT_EQ(table.protocol, "By a network.");
}

TEST(StudyMetrics, SentencesThatAllEndWithAreToldOnce) {
  MetricTable leak = leak_table(), kl = kl_table();
  leak.protocol = "By a network. Each row: 9 examples. 3.5 % are wrong.";
  kl.protocol = "In nats. Each row: 9 examples. 3.5 % are wrong.";
  EXPECT_EQ(joined_table(study_with_rate(), {leak, kl}).protocol, leak.protocol + " mismatch, first of z: In nats.");
  kl.protocol = "In nats, and 3.5 % are wrong.";
  EXPECT_EQ(joined_table(study_with_rate(), {leak, kl}).protocol,
            leak.protocol + " mismatch, first of z: In nats, and 3.5 % are wrong.");
}

}  // namespace
}  // namespace refract
