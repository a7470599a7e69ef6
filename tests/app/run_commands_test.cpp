// Every command on one tiny run.
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "refract/core/files.h"
#include "refract/eval/metric.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::answer;
using testing_support::example;
using testing_support::expect_starts;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

const std::string png_magic = "\x89PNG\r\n";

TEST(RunCommands, TrainingLeavesAReportAndExamples) {
  expect_starts((tiny_run() / "report.html").string(), "<!DOCTYPE html>");
  expect_starts(example(8), png_magic);
  EXPECT_TRUE(std::filesystem::exists(tiny_run() / "evaluation.json"));
  EXPECT_TRUE(std::filesystem::exists(tiny_run() / "figures/transfer.png"));
}

TEST(RunCommands, EvaluateTellsTheProbeErrorsBesideThatOfTheMeanAndWhereToLook) {
  const Ran ran = refract({"evaluate", tiny_run().string(), "--metrics", "probe"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const size_t mean = ran.out.find("predict the mean");
  ASSERT_NE(mean, std::string::npos) << ran.out;
  EXPECT_GT(ran.out.find("report.html"), mean);
  EXPECT_NE(ran.out.find("bin/refract transfer "), std::string::npos);

  for (const char* row : {"untrained encoder", "raw pixels"})
    EXPECT_NE(ran.out.find(row), std::string::npos) << row << " in " << ran.out;
  EXPECT_NE(ran.out.find("\nprobe, average: e 0."), std::string::npos) << ran.out;
  EXPECT_GT(ran.out.rfind(" ± "), ran.out.find("\nprobe, average")) << ran.out;

  const json all = answer({"evaluate", tiny_run().string()});
  EXPECT_EQ(all.at("step"), 4);
  std::set<std::string> measured;
  for (const json& table : all.at("tables")) measured.insert(table.at("metric"));
  EXPECT_EQ(measured, (std::set<std::string>{"classify", "probe", "reconstruction"}));
  EXPECT_EQ(all.at("report"), (tiny_run() / "report.html").string());
}

// In the file and in the report; measured again it stands there once. A file that is no evaluation is written anew.
TEST(RunCommands, EvaluatingByOneMetricKeepsTheOthers) {
  const Folder folder;
  const std::string run = folder / "run";
  std::filesystem::copy(tiny_run(), run, std::filesystem::copy_options::recursive);
  const auto kept = [&] {
    std::vector<std::string> metrics;
    const json evaluation = json::parse(read_file(run + "/evaluation.json"));
    for (const json& table : evaluation.at("tables")) metrics.push_back(table.at("metric"));
    return metrics;
  };
  const std::vector<std::string> before = kept();
  ASSERT_GT(before.size(), 1U);
  const json answered = answer({"evaluate", run, "--metrics", "kl,probe"});
  EXPECT_EQ(answered.at("tables").size(), 2U);
  std::vector<std::string> after = before;
  after.emplace_back("kl");
  EXPECT_EQ(kept(), after);
  EXPECT_NE(read_file(run + "/report.html").find("KL divergence of each dimension from its prior"), std::string::npos);

  write_file(run + "/evaluation.json", "{");
  const Ran ran = refract({"evaluate", run, "--metrics", "kl"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.err.find("evaluation.json"), std::string::npos) << ran.err;
  EXPECT_EQ(kept(), std::vector<std::string>{"kl"});
}

// With enough images for the metrics of codes beside factors.
void train_with_more_images(const std::string& run) {
  std::vector<std::string> words = testing_support::tiny_training("srbvae");
  words.insert(words.end(), {"--fit_images", "80", "--score_images", "60", "--no-evaluation", "--out", run});
  ASSERT_EQ(refract(words).status, 0);
}

// The same codes, taken from the run and by way of a file.
TEST(RunCommands, CodesWithFactorsAreMeasuredAsInTheRun) {
  const Folder folder;
  const std::string run = folder / "run";
  train_with_more_images(run);
  answer({"encode", run, "--factors", "--out", folder / "codes.npz"});
  const json from_file = answer({"metrics", folder / "codes.npz", "--only", "mig"}).at("tables").at(0);
  const json from_run = answer({"evaluate", run, "--metrics", "mig"}).at("tables").at(0);
  EXPECT_EQ(from_run.at("rows").at(0).at("name"), "e and z");
  EXPECT_EQ(from_file.at("columns"), from_run.at("columns"));
  const json measured = from_file.at("rows").at(0).at("values");
  const json expected = from_run.at("rows").at(0).at("values");
  for (size_t k = 0; k < expected.size(); ++k)
    EXPECT_NEAR(measured.at(k).get<double>(), expected.at(k).get<double>(), 1e-3);

  EXPECT_EQ(refract({"encode", run, "--factors", example(1)}).status, 2);
  answer({"encode", run, "--factors", "--out", folder / "codes.csv"});
  const json from_csv = answer({"metrics", folder / "codes.csv", "--only", "mig"}).at("tables").at(0);
  EXPECT_EQ(from_csv.at("columns"), from_run.at("columns"));
  ASSERT_EQ(from_csv.at("rows").size(), 4);
  for (size_t r = 0; r < 3; ++r)
    for (size_t k = 0; k < expected.size(); ++k)
      EXPECT_NEAR(from_csv.at("rows").at(r).at("values").at(k).get<double>(),
                  from_run.at("rows").at(r).at("values").at(k).get<double>(), 1e-3);
  EXPECT_EQ(refract({"encode", run}).status, 2);
}

TEST(RunCommands, EvaluateMeasuresCodesBesideFactorsWhenAsked) {
  const Folder folder;
  train_with_more_images(folder / "run");
  const json found = answer({"evaluate", folder / "run", "--metrics", "mig,factor-vae-score"});
  ASSERT_EQ(found.at("tables").size(), 2);
  std::vector<std::string> rows;
  for (const json& row : found.at("tables")[0].at("rows")) rows.push_back(row.at("name"));
  EXPECT_EQ(rows, (std::vector<std::string>{"e and z", "e", "z", "noise"}));
  // The tiny run has too few images for these, and no classes, so no samples of a class.
  std::set<std::string> missing;
  for (const MetricEntry& metric : metrics()) missing.insert(metric.name);
  const json all = answer({"evaluate", tiny_run().string(), "--metrics", "all"});
  for (const json& table : all.at("tables")) missing.erase(table.at("metric").get<std::string>());
  EXPECT_EQ(missing, (std::set<std::string>{"beta-vae-score", "dci", "diversity", "factor-vae-score", "irs", "mig",
                                            "modularity", "sample-classification", "sap"}));
}

TEST(RunCommands, FiguresOfTwoRunsStandSideBySide) {
  const Folder folder;
  const std::string run = tiny_run().string();
  const json one = answer({"figures", run, "--out", folder / "one"});
  EXPECT_GE(one.at("files").size(), 5);
  const json two = answer({"figures", run, run, "--out", folder / "two", "--only", "synthesize,interpolate"});
  ASSERT_EQ(two.at("files").size(), 2);
  expect_starts(two.at("files").at(0), png_magic);
  expect_starts(two.at("files").at(1), "GIF89a");
  EXPECT_GT(std::filesystem::file_size(two.at("files").at(0).get<std::string>()),
            std::filesystem::file_size(folder / "one/synthesize.png"));
  EXPECT_EQ(refract({"figures", run, "--out", folder / "one"}).status, 2);
  const Ran into_file = refract({"figures", run, "--out", folder / "one/synthesize.png", "--overwrite"});
  EXPECT_EQ(into_file.status, 2);
  EXPECT_NE(into_file.err.find("found a file"), std::string::npos) << into_file.err;
}

TEST(RunCommands, InfoTellsWhatTheRunHolds) {
  const json info = answer({"info", tiny_run().string()});
  EXPECT_EQ(info.at("method"), "srbvae");
  EXPECT_EQ(info.at("step"), 4);
  EXPECT_EQ(info.at("blocks").at(0).at("name"), "e");
  EXPECT_EQ(info.at("options").at("batch"), "4");
  EXPECT_NE(refract({"info", tiny_run().string()}).out.find("latent blocks"), std::string::npos);
}

TEST(RunCommands, InfoTellsHowFarATrainingIs) {
  const json done = answer({"info", tiny_run().string()});
  EXPECT_EQ(done.at("state"), "finished");
  EXPECT_EQ(done.at("steps"), 4);
  EXPECT_EQ(done.at("logged").at("step"), 4);

  const Folder folder;
  const std::string run = folder / "my(run)";  // which a shell takes in quotes alone
  std::vector<std::string> words = testing_support::tiny_training("vae");
  words.insert(words.end(), {"--steps", "100000000", "--checkpoint_minutes", "0", "--out", run});
  testing_support::Process training(words);
  ASSERT_TRUE(training.says("steps/s")) << training.error_so_far();
  const json during = answer({"info", run});
  EXPECT_EQ(during.at("state"), "training now");
  EXPECT_EQ(during.at("step"), 0) << "no checkpoint yet";
  EXPECT_TRUE(during.at("checkpoint").is_null());
  EXPECT_GE(during.at("logged").at("step"), 2);
  EXPECT_TRUE(during.at("logged").contains("reconstruction")) << during.at("logged");
  EXPECT_EQ(during.at("options").at("batch"), "4");
  const Ran text = refract({"info", run});
  EXPECT_NE(text.out.find(" of 100000000 (0 %), no checkpoint yet"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("reconstruction "), std::string::npos) << text.out;
  training.send(SIGINT);
  training.wait();
  EXPECT_EQ(answer({"info", run}).at("state"), "stopped");
  EXPECT_NE(refract({"info", run}).out.find("'" + run + "'`"), std::string::npos);
}

TEST(RunCommands, ResumeGoesOnBeyondTheEnd) {
  const Folder folder;
  const std::string run = folder / "run";
  std::filesystem::copy(tiny_run(), run, std::filesystem::copy_options::recursive);
  EXPECT_EQ(answer({"resume", run, "--steps", "6", "--no-evaluation"}).at("step"), 6);
  EXPECT_EQ(answer({"info", run}).at("steps"), 6);
  const Ran done = refract({"resume", run, "--steps", "6"});
  EXPECT_EQ(done.status, 2);
  EXPECT_NE(done.err.find("6 steps already"), std::string::npos) << done.err;
}

TEST(RunCommands, ATrainingBeginsWithWhatMatters) {
  const Folder folder;
  std::vector<std::string> words = testing_support::tiny_training("srbvae");
  words.insert(words.end(), {"--no-evaluation", "--out", folder / "run"});
  const Ran ran = refract(words);
  const std::string first =
      "Training srbvae on embedded-digits: 4 steps of 4 images of 16x16 pixels, into " + folder / "run.\n";
  EXPECT_EQ(ran.err.substr(0, first.size()), first);
  const size_t chosen = ran.err.find("\nChosen: "), usual = ran.err.find("\nDefaults: ");
  ASSERT_NE(usual, std::string::npos) << ran.err;
  EXPECT_LT(chosen, ran.err.find("widths 4,4"));
  EXPECT_LT(ran.err.find("widths 4,4"), usual);
  EXPECT_GT(ran.err.find("learning_rate "), usual);
  EXPECT_LT(std::count(ran.err.begin(), ran.err.end(), '\n'), 20);
}

TEST(RunCommands, ResumeOfAFinishedRunChangesNothing) {
  const json before = answer({"info", tiny_run().string()});
  const json after = answer({"resume", tiny_run().string(), "--no-evaluation"});
  EXPECT_EQ(after.at("outcome"), "finished");
  EXPECT_EQ(after.at("step"), 4);
  EXPECT_EQ(answer({"info", tiny_run().string()}), before);
}

TEST(RunCommands, PicturesAreDrawn) {
  const Folder folder;
  const std::string run = tiny_run().string();
  const std::string all = (tiny_run() / "examples").string();
  answer({"synthesize", run, all, "--variants", "3", "--out", folder / "synthesis.png"});
  expect_starts(folder / "synthesis.png", png_magic);
  answer({"transfer", run, "--target", example(1), "--common", all, "--out", folder / "transfer.png"});
  expect_starts(folder / "transfer.png", png_magic);
  answer({"sample", run, "--panels", "2", "--side", "2", "--out", folder / "samples.png"});
  expect_starts(folder / "samples.png", png_magic);
  const json moving = answer(
      {"interpolate", run, example(1), example(2), "--block", "e", "--steps", "3", "--out", folder / "path.gif"});
  EXPECT_GT(moving.at("frames"), 6);
  expect_starts(folder / "path.gif", "GIF89a");
}

TEST(RunCommands, DataIsRenderedAsASheetOrAsSingleFiles) {
  const Folder folder;
  const std::vector<std::string> words = {"data", "render", "embedded-digits", "--size", "16", "--unlabelled_images",
                                          "70"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    return answer(all);
  };
  with({"--out", folder / "sheet.png"});
  expect_starts(folder / "sheet.png", png_magic);
  EXPECT_EQ(with({"--separate", folder / "some", "--count", "3", "--split", "reference"}).at("files").size(), 3);
  expect_starts(folder / "some/reference-3.png", png_magic);
  const json again = with({"--separate", folder / "some", "--count", "2", "--split", "reference", "--overwrite"});
  EXPECT_EQ(again.at("files").size(), 2);
  EXPECT_EQ(again.at("others"), 1);
  expect_starts(folder / "some/reference-3.png", png_magic);
}

TEST(RunCommands, NothingIsOverwrittenUnasked) {
  const Folder folder;
  const std::string file = folder / "samples.png";
  write_file(file, "mine");
  const Ran refused = refract({"sample", tiny_run().string(), "--out", file});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("--overwrite"), std::string::npos);
  EXPECT_EQ(read_file(file), "mine");
  EXPECT_EQ(refract({"sample", tiny_run().string(), "--out", folder / "samples.jpg"}).status, 2);
  EXPECT_EQ(refract({"sample", tiny_run().string(), "--out", folder / "none/samples.png"}).status, 2);
  EXPECT_EQ(refract({"sample", tiny_run().string(), "--panels", "1", "--out", file, "--overwrite"}).status, 0);
  expect_starts(file, png_magic);
}

}  // namespace
}  // namespace refract
