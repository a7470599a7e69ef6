// A study of samples, whose rows are all judged by one classifier.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/study/study_plan.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/table.h"
#include "refract/report/judge_run.h"
#include "refract/report/run_report.h"
#include "refract/train/run.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The plan of one part with its smallest budget, and runs without a training.
class JudgedStudy : public ::testing::Test {
 protected:
  JudgedStudy() {
    plan_.data = DataInfo();
    plan_.data->name = study_.data;
    plan_.data->space = Space::square(1, 16);
    plan_.data->attributes = {{"class", {"0", "1", "2"}}};
  }

  // Options, with what the data fill in, and a checkpoint of the last step.
  [[nodiscard]] refract::Run train(const Job& job) const {
    const auto settings = settings_of(plan_, job);
    const auto run = refract::Run::create(plan_.folder_of(job), *settings, *plan_.data, "");
    at::manual_seed(1);
    const auto method = settings->method_recipe.make(plan_.data->space);
    run.save(*method, {settings->train.steps, settings->method, 1, ""});
    return run;
  }

  // Tables of these metrics, all by one judge.
  void evaluate(const Job& job, const std::vector<std::string>& metrics, const std::string& judge) const {
    std::vector<MetricTable> tables;
    for (const std::string& name : metrics) {
      tables.push_back({name, "", "", {"column"}, {}, ""});
      if (metric(name).compare != nullptr) tables.back().judge = judge;
    }
    write_file(evaluation_file(refract::Run::open(plan_.folder_of(job))),
               to_json(tables, settings_of(job)->train.steps));
  }

  [[nodiscard]] Job first_of(const std::string& key) const {
    for (const Job& job : plan_.first_jobs())
      if (job.row->key == key) return job;
    throw BadInput(key);
  }

  TempFolder folder_;
  const Study& study_ = study("lrlivae-tables").parts.at(0);
  StudyPlan plan_{study_, budget_of(study_, "minute"), 2, {}, folder_.path()};
};

TEST_F(JudgedStudy, HasOneClassifierForAllSeeds) {
  const std::vector<Job> judges = plan_.judge_jobs();
  ASSERT_EQ(judges.size(), 1U);
  EXPECT_EQ(plan_.folder_of(judges[0]), folder_.path() / "classifier");
  EXPECT_EQ(settings_of(judges[0])->train.seed, 1);
  EXPECT_FALSE(has(words_for(plan_, judges[0]), "--classifier"));
  std::vector<Job> rows = plan_.first_jobs();
  const std::vector<Job> later = plan_.later_jobs(std::vector<double>(study_.rows.size()));
  rows.insert(rows.end(), later.begin(), later.end());
  EXPECT_EQ(rows.size(), 20U);
  for (const Job& job : rows) {
    const std::vector<std::string> words = words_for(plan_, job);
    const auto flag = std::find(words.begin(), words.end(), "--classifier");
    ASSERT_LT(flag + 3, words.end()) << job.name;
    EXPECT_EQ(flag[1], (folder_.path() / "classifier").string());
    EXPECT_EQ(flag[2], "--samples");
    EXPECT_EQ(flag[3], "100");
  }
}

// A GAN has no encoder, and a training that is to end with a metric of codes would be refused.
TEST_F(JudgedStudy, AsksForMetricsOfCodesWhereARowReadsThem) {
  for (const Job& job : plan_.first_jobs()) {
    EXPECT_TRUE(has(job.metrics, "inception-score") && has(job.metrics, "diversity")) << job.name;
    EXPECT_EQ(has(job.metrics, "leak"), job.options.front().second == "lrlivae") << job.name;
  }
  EXPECT_TRUE(plan_.judge_jobs().front().metrics.empty());
}

// Anything else would be unfair. A preset has a price of z_u for its own number of dimensions.
TEST_F(JudgedStudy, RivalsDifferFromOursInWhatOneOfThemDoesNotHave) {
  for (const char* kind : {"", "-stabilised", "-samples", "-separate"}) {
    const auto ours = settings_of(first_of(fmt::format("lrlivae{}", kind)));
    const Option& presets = ours->options.at("preset");
    const auto chosen = std::ranges::find(presets.presets, presets.text(), &Preset::name);
    const bool is_preset = chosen != presets.presets.end();
    for (const char* rival : {"cgan", "cvaegan", "cvae"}) {
      const auto its = settings_of(first_of(fmt::format("{}{}", rival, is_preset ? "" : kind)));
      for (const Option& option : its->options.all()) {
        if (!ours->options.has(option.name)) continue;
        if (is_preset && std::ranges::count(chosen->options, option.name, &KeyValues::value_type::first) > 0) continue;
        EXPECT_EQ(option.text(), ours->options.at(option.name).text()) << rival << kind << ": " << option.name;
      }
    }
  }
  const auto stabilised = settings_of(first_of("lrlivae-stabilised"));
  EXPECT_EQ(stabilised->options.at("generator_average").text(), "0.999");
  EXPECT_EQ(stabilised->options.at("augmentation").text(), "translation-cutout");
}

TEST_F(JudgedStudy, KnowsItsRunsAgain) {
  const Job judge = plan_.judge_jobs().front(), row = first_of("cgan");
  EXPECT_EQ(judge_checksum_of(plan_), "");
  const auto trained = train(judge);
  ASSERT_NE(trained.settings()->toml(), settings_of(judge)->toml()) << "the data have filled in the classes";
  EXPECT_FALSE(finished_tables(plan_, judge).has_value()) << "it has no evaluation yet";
  evaluate(judge, {"classify"}, "");
  EXPECT_TRUE(finished_tables(plan_, judge).has_value());
  const std::string checksum = judge_checksum_of(plan_);
  EXPECT_EQ(checksum, sha256(read_file(trained.checkpoints().back())));

  static_cast<void>(train(row));
  evaluate(row, row.metrics, checksum);
  EXPECT_TRUE(finished_table(plan_, row).has_value());
  const std::vector<std::string> some(row.metrics.begin(), std::prev(row.metrics.end()));
  evaluate(row, some, checksum);
  EXPECT_FALSE(finished_table(plan_, row).has_value()) << "one metric is missing";
}

TEST_F(JudgedStudy, MeasuresAgainWhatAnotherClassifierJudged) {
  const Job judge = plan_.judge_jobs().front(), row = first_of("lrlivae");
  static_cast<void>(train(judge));
  static_cast<void>(train(row));
  for (const std::string other : {"", "0123"}) {
    evaluate(row, row.metrics, other);
    EXPECT_FALSE(finished_table(plan_, row).has_value()) << other;
    EXPECT_EQ(words_for(plan_, row).front(), "resume");
  }
  evaluate(row, row.metrics, judge_checksum_of(plan_));
  EXPECT_TRUE(finished_table(plan_, row).has_value());
  std::filesystem::remove_all(plan_.folder_of(judge));
  EXPECT_FALSE(finished_table(plan_, row).has_value()) << "there is no classifier any more";
}

TEST_F(JudgedStudy, AClassifierOfOtherOptionsIsRefused) {
  Job judge = plan_.judge_jobs().front();
  static_cast<void>(train(judge));
  judge.options.emplace_back("label_smoothing", "0.1");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { finished_tables(plan_, judge); }), "other options"));
}

}  // namespace
}  // namespace refract
