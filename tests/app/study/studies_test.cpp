// What holds for every study, and the plan that is made of one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "app/study/study_bounds.h"
#include "app/study/study_plan.h"
#include "app/study/study_table.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/table.h"
#include "refract/report/run_report.h"
#include "refract/train/run.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

StudyPlan plan_of(const Study& study, const Budget& budget, const std::filesystem::path& folder = "none") {
  return {study, budget, 3, {}, folder};
}

// What the training sees, without its files; of rows, the arcs alone.
Space space_of_training(const Settings& settings) {
  const Options& options = settings.data_recipe.options;
  const int64_t channels = settings.data == "cifar10" ? 3 : 1;
  return options.has("size") ? Space::square(channels, std::stoll(options.at("size").text())) : Space::row(2);
}

// "u and z" -> "u", "z"; "c (as it is)" -> "c"; what a model makes of all blocks, and nothing -> none
std::vector<std::string> blocks_read(const StudyRow& row) {
  const std::set<std::string> of_all = {"generated", "samples", "optimised codes", ""};
  if (of_all.contains(row.features)) return {};
  const std::string plain = row.features.substr(0, row.features.find(" (as it is)"));
  const size_t joint = plain.find(" and ");
  if (joint == std::string::npos) return {plain};
  return {plain.substr(0, joint), plain.substr(joint + 5)};
}

std::vector<const Study*> all_parts() {
  std::vector<const Study*> all;
  for (const Study& study : studies())
    for (const Study* part : parts_of(study)) all.push_back(part);
  return all;
}

TEST(Studies, EveryTrainingIsPossibleAndHasANameOfItsOwn) {
  for (const Study* study : all_parts())
    for (const Budget& budget : study->budgets) {
      const StudyPlan plan = plan_of(*study, budget);
      std::vector<Job> jobs = plan.first_jobs();
      for (Job& job : plan.judge_jobs()) jobs.push_back(std::move(job));
      const std::vector<Job> later = plan.later_jobs(std::vector<double>(study->rows.size(), 4));
      EXPECT_EQ(later.size(), 2 * study->rows.size());
      jobs.insert(jobs.end(), later.begin(), later.end());
      std::set<std::string> names;
      for (const Job& job : jobs) {
        EXPECT_TRUE(names.insert(job.name).second) << job.name;
        const auto settings = settings_of(job);  // throws for an option that does not exist
        EXPECT_EQ(settings->train.seed, job.seed);
        EXPECT_GT(settings->train.steps, 0);
        const auto method = settings->method_recipe.make(space_of_training(*settings));
        for (const std::string& block : blocks_read(*job.row)) EXPECT_NO_THROW(block_named(*method, block)) << job.name;
      }
    }
}

TEST(Studies, RowsHaveThePapersColumns) {
  for (const Study* study : all_parts())
    for (const StudyRow& row : study->rows) {
      if (row.paper.empty()) continue;  // a row that the paper does not have
      ASSERT_EQ(row.paper.size(), study->rows.front().paper.size()) << row.name;
      if (row.paper.size() < 2) continue;  // the average alone
      double sum = 0;
      for (size_t i = 0; i + 1 < row.paper.size(); ++i) sum += row.paper[i];
      EXPECT_NEAR(sum / static_cast<double>(row.paper.size() - 1), row.paper.back(), 0.0011) << row.name;
    }
}

TEST(Studies, WhatStandsBesideIsOfRowsAndMetricsThatExist) {
  size_t others = 0;
  for (const Study* study : all_parts()) {
    std::set<std::string> keys, read(bounds_in_tables.begin(), bounds_in_tables.end());
    EXPECT_EQ(read.size(), bounds_in_tables.size()) << "a bound would stand in the table twice";
    for (const StudyRow& row : study->rows) keys.insert(row.key);
    for (const StudyRow& row : study->rows) read.insert(row.features);
    for (const OtherFeatures& other : study->other_features) {
      EXPECT_TRUE(keys.contains(other.key)) << study->name << ": " << other.key;
      read.insert(other.features);
      ++others;
    }
    EXPECT_NO_THROW(metric(study->metric)) << study->name;
    for (const StudyColumn& column : study->beside) {
      EXPECT_NO_THROW(metric(column.metric)) << study->name;
      for (const auto& [row, other] : column.rows) EXPECT_TRUE(read.contains(row)) << study->name << ": " << row;
    }
  }
  EXPECT_GT(others, 0);
}

TEST(Studies, PartsHaveNamesOfTheirOwnAndTheSameBudgets) {
  const auto budgets_of = [](const Study& part) {
    std::vector<std::string> all;
    for (const Budget& budget : part.budgets) all.push_back(budget.name + ": " + budget.meaning);
    return all;
  };
  size_t with_parts = 0;
  for (const Study& study : studies()) {
    if (study.parts.empty()) continue;
    ++with_parts;
    EXPECT_TRUE(study.rows.empty() && study.budgets.empty()) << study.name;
    std::set<std::string> names;
    for (const Study& part : study.parts) {
      EXPECT_TRUE(names.insert(part.name).second) << part.name;
      EXPECT_TRUE(part.parts.empty()) << part.name;
      EXPECT_EQ(budgets_of(part), budgets_of(study.parts.front())) << part.name;
      EXPECT_FALSE(part.budgets.empty()) << part.name;
    }
  }
  EXPECT_GT(with_parts, 0);
}

TEST(Studies, HaveNamesOfTheirOwnAndAreFoundByAllOfThem) {
  std::set<std::string> names;
  for (const Study& each : studies()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_EQ(&study(each.name), &each);
    for (const std::string& other : each.also) {
      EXPECT_TRUE(names.insert(other).second) << other;
      EXPECT_EQ(&study(other), &each) << other;
    }
  }
}

TEST(Studies, UnknownNamesAreRefusedWithTheNearest) {
  EXPECT_TRUE(contains(message_of<BadInput>([] { study("rbvae-table1-minst"); }), "'rbvae-table1-mnist'"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { budget_of(studies().front(), "hours"); }), "'hour'"));
}

TEST(StudyPlan, ASweepSetsItsOptionsByTheirFactors) {
  const Study& study = refract::study("rbvae-table1-mnist");
  const StudyPlan plan = plan_of(study, study.budgets.front());
  const auto row =
      std::find_if(study.rows.begin(), study.rows.end(), [](const auto& r) { return r.method == "dipvae1"; });
  const Job job = plan.job(*row, 16, 2);
  EXPECT_EQ(job.name, "dipvae1-16-seed2");
  const auto settings = settings_of(job);
  EXPECT_EQ(settings->options.at("lambda_od").text(), "16");
  EXPECT_EQ(settings->options.at("lambda_d").text(), "160");
}

TEST(StudyPlan, OnlyLeavesTheOthersOut) {
  const Study& study = refract::study("rbvae-table1-mnist");
  StudyPlan plan = plan_of(study, study.budgets.front());
  plan.only = {"vae", "betavae"};
  std::set<std::string> methods;
  for (const Job& job : plan.first_jobs()) methods.insert(job.options.front().second);
  EXPECT_EQ(methods, (std::set<std::string>{"vae", "betavae"}));
}

// Classes and columns of labels, which the study leaves to the data.
TEST(Studies, ARunWithWhatItsDataFilledInIsThatOfTheStudy) {
  const TempFolder folder;
  const Study& study = refract::study("mathieu-table1").parts.at(2);
  StudyPlan plan{study, budget_of(study, "hour"), 1, {"low-leak"}, folder.path()};
  plan.data = DataInfo();
  plan.data->name = study.data;
  plan.data->space = Space::square(1, 32);
  plan.data->attributes = {{"class", {"0", "1", "2"}}};
  const Job job = plan.first_jobs().front();
  const auto trained = settings_of(job);
  trained->fill_from(*plan.data);
  ASSERT_NE(trained->toml(), settings_of(job)->toml());
  Run::create(plan.folder_of(job), *trained, *plan.data, "");
  EXPECT_FALSE(finished_table(plan, job).has_value()) << "it has no evaluation yet";
  plan.data->attributes = {{"class", {"0", "1"}}};
  EXPECT_THROW(finished_table(plan, job), BadInput) << "another number of classes";
}

// Runs without a training: their options, and an evaluation that says what the test wants.
class FakeRuns {
 public:
  FakeRuns()
      : plan_{study("rbvae-table1-mnist"),
              budget_of(study("rbvae-table1-mnist"), "minute"),
              2,
              {"betavae", "srbvae"},
              folder_.path()} {}

  void add(const Job& job, const std::vector<MetricTable::Row>& rows, double selection, int64_t step = -1) const {
    const auto settings = settings_of(job);
    DataInfo data;
    data.name = "digit-style";
    data.space = Space::square(3, 16);
    const Run run = Run::create(plan_.folder_of(job), *settings, data, "");
    MetricTable table{"probe", "title", "unit", {"red", "average"}, rows, "protocol"};
    table.rows.push_back({"untrained encoder", {0.3, 0.3}});  // of each run; a study has one of its own
    table.rows.push_back({"predict the mean", {0.2, 0.2}});
    write_file(evaluation_file(run), to_json(std::vector<MetricTable>{table}, step < 0 ? settings->train.steps : step));
    write_file(plan_.folder_of(job) / "selection.json",
               fmt::format(R"({{"error": {}, "step": {}}})", selection, settings->train.steps));
  }
  [[nodiscard]] const StudyPlan& plan() const { return plan_; }

 private:
  TempFolder folder_;
  StudyPlan plan_;
};

TEST(StudyTable, ShowsTheValueChosenWithinTheFittingSplitAndTheSpreadOverSeeds) {
  const FakeRuns fake;
  const StudyPlan& plan = fake.plan();
  for (const Job& job : plan.first_jobs()) {
    const bool swept = job.value != 0;
    // By its scores 50 would be chosen; within the fitting split it is 4.
    const double score = job.value == 50 ? 0.01 : 0.08;
    fake.add(job, {{swept ? "z" : "e", {score, score}}, {swept ? "none" : "z", {0.18, 0.18}}},
             job.value == 4 ? 0.05 : 0.07);
  }
  const std::vector<double> chosen = chosen_values(plan);
  for (const Job& job : plan.later_jobs(chosen)) {
    EXPECT_TRUE(job.value == 0 || job.value == 4) << job.name;
    fake.add(job, {{job.value != 0 ? "z" : "e", {0.10, 0.10}}, {job.value != 0 ? "none" : "z", {0.18, 0.18}}}, 0);
  }
  const StudyTable table = study_table(plan, chosen);
  ASSERT_EQ(table.rows.size(), 5);
  EXPECT_EQ(table.rows[0].name, "beta-VAE");
  EXPECT_EQ(table.rows[0].value, 4);
  EXPECT_NEAR(table.rows[0].means.back(), 0.09, 1e-9);
  EXPECT_NEAR(table.rows[0].deviations.back(), 0.02 / std::sqrt(2.0), 1e-9);
  EXPECT_EQ(table.rows[2].name, "z of sRb-VAE");
  EXPECT_NEAR(table.rows[2].means.back(), 0.18, 1e-9);
  EXPECT_EQ(table.rows[3].name, "untrained model");
  EXPECT_EQ(table.rows[4].name, "predict the mean");
  EXPECT_TRUE(contains(to_markdown(table), "| beta-VAE (4) | 0.090 ± 0.014 | 0.090 ± 0.014 | 0.083 | 2 |"))
      << to_markdown(table);
}

TEST(StudyTable, AColumnThatAMethodDoesNotHaveStaysEmptyInItsRow) {
  const FakeRuns fake;
  for (const Job& job : fake.plan().first_jobs()) {
    fake.add(job, {{"z", {0.1, 0.3}}}, 0.1);
    if (job.value != 0) continue;
    const MetricTable wider = {"probe", "title", "unit", {"red", "green", "average"}, {{"e", {1, 2, 3}}}, "protocol"};
    write_file(evaluation_file(Run::open(fake.plan().folder_of(job))),
               to_json(std::vector<MetricTable>{wider}, settings_of(job)->train.steps));
  }
  const StudyTable table = study_table(fake.plan(), chosen_values(fake.plan()));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"red", "green", "average"}));
  EXPECT_EQ(table.rows.at(0).means.at(0), 0.1);
  EXPECT_TRUE(std::isnan(table.rows.at(0).means.at(1)));
  EXPECT_EQ(table.rows.at(0).means.at(2), 0.3);
  EXPECT_EQ(table.rows.at(1).means, (std::vector<double>{1, 2, 3}));
}

TEST(StudyPlan, AnEvaluationOfAnEarlierStepIsNotTheEnd) {
  const FakeRuns fake;
  const Job job = fake.plan().first_jobs().front();
  EXPECT_FALSE(finished_table(fake.plan(), job).has_value());
  EXPECT_EQ(words_for(fake.plan(), job).front(), "train");
  fake.add(job, {}, 0, 3);
  EXPECT_FALSE(finished_table(fake.plan(), job).has_value());
  EXPECT_EQ(words_for(fake.plan(), job),
            (std::vector<std::string>{"resume", fake.plan().folder_of(job).string(), "--metrics", "usual,probe"}));
}

TEST(StudyPlan, ARunWithOtherOptionsIsRefused) {
  const FakeRuns fake;
  Job job = fake.plan().first_jobs().front();
  fake.add(job, {}, 0);
  EXPECT_TRUE(finished_table(fake.plan(), job).has_value());
  job.options.emplace_back("learning_rate", "0.5");
  const std::string message = message_of<BadInput>([&] { finished_table(fake.plan(), job); });
  EXPECT_TRUE(contains(message, job.name) && contains(message, "--out")) << message;
}

TEST(StudyPlan, ARunOfOtherFilesIsRefused) {
  const FakeRuns fake;
  StudyPlan plan = fake.plan();
  const Job job = plan.first_jobs().front();
  fake.add(job, {{"z", {0.1, 0.1}}}, 0.1);
  plan.data = DataInfo();
  plan.data->name = "digit-style";
  EXPECT_TRUE(finished_table(plan, job).has_value());
  plan.data->checksums = {{"train-images", "0123"}};
  EXPECT_TRUE(contains(message_of<BadInput>([&] { finished_table(plan, job); }), "other files of digit-style"));
}

}  // namespace
}  // namespace refract
