// The trainings that a study consists of, and how far each has come.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/study/study.h"
#include "refract/eval/generation.h"
#include "refract/eval/metric.h"
#include "refract/train/settings.h"

namespace refract {

// One training with its evaluation.
struct Job {
  std::string name;               // of its folder: "betavae-16-seed1"
  const StudyRow* row = nullptr;  // of the study, or its judge
  double value = 0;               // of the sweep; 0 where there is none
  int64_t seed = 1;
  KeyValues options;                      // all that differ from the defaults, "method" and "data" first
  std::vector<std::string> metrics = {};  // that the study reads of it; none of the judge
};

// What is wanted of a study, or of a part of one.
struct StudyPlan {
  const Study& study;
  const Budget& budget;
  int64_t seeds = 1;
  std::vector<std::string> only;  // keys of rows; empty: all
  std::filesystem::path folder;   // of all runs
  // What the study's data set has here: runs that were trained on other files are refused. Not looked at where nobody
  // asked for it.
  std::optional<DataInfo> data = std::nullopt;
  std::string part = {};  // its name where it is a part

  [[nodiscard]] bool includes(const StudyRow& row) const;
  [[nodiscard]] std::filesystem::path folder_of(const Job& job) const { return folder / job.name; }

  [[nodiscard]] std::string shown(const Job& job) const { return part.empty() ? job.name : part + "/" + job.name; }

  [[nodiscard]] Job job(const StudyRow& row, double value, int64_t seed) const;

  // The training of the judge: to be done before all others, which are measured by it. None where there is no judge.
  [[nodiscard]] std::vector<Job> judge_jobs() const;
  // Trainings of the first seed, sweeps whole; no value was chosen yet.
  [[nodiscard]] std::vector<Job> first_jobs() const;
  // Those of the other seeds, one for each row, with the value chosen for it.
  [[nodiscard]] std::vector<Job> later_jobs(const std::vector<double>& chosen) const;
};

// Its settings, checked. Throws BadInput where the study asks for something that does not exist.
std::unique_ptr<Settings> settings_of(const Job& job);

// The same as they are once the data, where they were found, have filled in what is left empty: those of the run.
std::unique_ptr<Settings> settings_of(const StudyPlan& plan, const Job& job);

// The tables of its evaluation, once the job is done: trained to its last step and evaluated there by all that the
// study reads, by the judge that the study has now. Throws BadInput where the folder holds a run with other options.
std::optional<std::vector<MetricTable>> finished_tables(const StudyPlan& plan, const Job& job);

// The table of the study's metric with the columns beside it, of a job of a row. Throws the same.
std::optional<MetricTable> finished_table(const StudyPlan& plan, const Job& job);

// With how many samples and which judge, where it is trained, the plan's runs on `data` are measured.
GenerationOptions generation_options(const StudyPlan& plan, const DataSource& data);

// SHA-256 of the judge; "" where there is none yet.
std::string judge_checksum_of(const StudyPlan& plan);

// For each row the value of the sweep with the smallest error within the fitting split, where all jobs of the first
// seed are done; 0 for a row that is not swept or not included. What was found is kept beside the run, as
// selection.json.
std::vector<double> chosen_values(const StudyPlan& plan);

// The words that train a job, or go on with it.
std::vector<std::string> words_for(const StudyPlan& plan, const Job& job);

}  // namespace refract
