// `refract reproduce` as its user meets it: several processes, a signal, a second call.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <set>

#include "app/cli/command.h"
#include "app/study/job_queue.h"
#include "refract/core/files.h"
#include "tests/data/support.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Process;
using testing_support::Ran;

std::vector<std::string> study(const std::string& folder) {
  return {"reproduce", "rbvae-table1-mnist", "--budget", "minute", "--only", "betavae", "--out", folder};
}

const Process::Environment no_mnist = {{"MNIST_DIR", ""}};

// Embedded digits stand in for MNIST, so that this takes what every machine has.
TEST(Reproduce, InterruptedAndTakenUpItGivesTheSameTable) {
  const Folder folder;
  Process whole(study(folder / "whole"), no_mnist);
  const Ran undisturbed = whole.wait();
  ASSERT_EQ(undisturbed.status, 0) << undisturbed.err;
  EXPECT_NE(undisturbed.out.find("beta-VAE"), std::string::npos) << undisturbed.out;

  // Two of its four trainings are there already.
  std::filesystem::create_directories(folder / "parts");
  for (const std::string run : {"betavae-1-seed1", "betavae-16-seed1"})
    std::filesystem::copy(folder / ("whole/" + run), folder / ("parts/" + run),
                          std::filesystem::copy_options::recursive);
  // One at a time: of two at once the second may have ended with the first, and then nothing is left to interrupt.
  std::vector<std::string> one_by_one = study(folder / "parts");
  one_by_one.insert(one_by_one.end(), {"--processes", "1"});
  Process interrupted(one_by_one, no_mnist);
  ASSERT_TRUE(interrupted.says("1 of 2")) << interrupted.error_so_far();
  interrupted.send(SIGINT);
  const Ran stopped = interrupted.wait();
  EXPECT_EQ(stopped.status, 130);
  EXPECT_NE(stopped.err.find("To go on: "), std::string::npos) << stopped.err;

  Process killed(study(folder / "parts"), no_mnist);
  ASSERT_TRUE(killed.says(" to do"));
  killed.send(SIGKILL);
  killed.wait();

  Process rest(study(folder / "parts"), no_mnist);
  const Ran ended = rest.wait();
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(read_file(folder / "parts/table.json"), read_file(folder / "whole/table.json"));

  Process again(study(folder / "parts"), no_mnist);
  const Ran nothing = again.wait();
  EXPECT_NE(nothing.err.find(" 0 trainings to do"), std::string::npos) << nothing.err;
  EXPECT_EQ(nothing.out, ended.out);
}

// A row of a table, column by column; null where there is no number.
Json cells_of(const Json& table, const std::string& name) {
  Json cells;
  for (const Json& row : table.at("rows"))
    if (row.at("name") == name)
      for (size_t i = 0; i < table.at("columns").size(); ++i)
        cells[table.at("columns").at(i).get<std::string>()] = row.at("means").at(i);
  EXPECT_FALSE(cells.is_null()) << name;
  return cells;
}

TEST(Reproduce, OneClassifierJudgesTheSamplesOfAllRows) {
  const Folder folder;
  testing_support::mnist_files(folder.path() / "files", 300, 200, 28);
  const Process::Environment files = {{"FASHION_MNIST_DIR", folder / "files"}};
  const std::vector<std::string> words = {"reproduce",     "lrlivae-table2", "--budget",     "minute", "--parts",
                                          "fashion-mnist", "--only",         "cgan,lrlivae", "--out",  folder / "runs"};
  Process process(words, files);
  const Ran ran = process.wait();
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Json table = Json::parse(read_file(folder / "runs/table.json")).at("parts").at(0);
  const size_t columns = table.at("columns").size();
  ASSERT_EQ(columns, 9U);
  const auto known = [&](const std::string& name) {
    const Json cells = cells_of(table, name);
    std::set<std::string> all;
    for (const auto& [column, value] : cells.items())
      if (value.is_number()) all.insert(column);
    return all;
  };
  using Known = std::set<std::string>;
  const Known of_samples = known("Lr-LiVAE");
  EXPECT_EQ(of_samples.size(), columns - 1) << "all but the label error";
  EXPECT_EQ(known("cGAN"), of_samples);
  EXPECT_EQ(known("untrained model"), of_samples);
  for (const char* code : {"z_s", "z_u sampled", "z_u mean", "z_u mean and log-variance"})
    EXPECT_EQ(known(std::string(code) + " of Lr-LiVAE"), Known{"label error"}) << code;
  EXPECT_EQ(known("images"), Known{"label error"});
  EXPECT_EQ(known("uniform chance"), (Known{"recognised", "taught", "label error"}));
  EXPECT_EQ(known("test examples"), (Known{"inception score", "diversity", "recognised"}));
  EXPECT_EQ(cells_of(table, "test examples").at("diversity"), 1);
  EXPECT_EQ(known("training examples").size(), columns - 2) << "all but recognised and the label error";
  EXPECT_TRUE(std::filesystem::exists(folder / "runs/fashion-mnist/classifier/report.html"));

  Process again(words, files);
  const Ran nothing = again.wait();
  EXPECT_NE(nothing.err.find(" 0 trainings to do"), std::string::npos) << nothing.err;
  EXPECT_EQ(nothing.out, ran.out);
}

TEST(Reproduce, DryRunsTouchNothing) {
  const Folder folder;
  std::vector<std::string> words = study(folder / "none");
  words.emplace_back("--dry-run");
  const Ran ran = testing_support::refract(words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("betavae-50-seed1"), std::string::npos) << ran.out;
  EXPECT_FALSE(std::filesystem::exists(folder / "none"));
}

TEST(Reproduce, MethodsThatAreNotInTheStudyAreRefused) {
  const Ran ran = testing_support::refract({"reproduce", "rbvae-table1-mnist", "--only", "vae,gan"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("'gan'"), std::string::npos) << ran.err;
}

TEST(JobQueue, TellsHowEachProcessEnded) {
  const Folder folder;
  std::vector<ProcessTask> tasks;
  for (const std::string status : {"0", "3", "0", "0"})
    tasks.push_back({status, {"-c", "echo said; exit " + status}, folder / "log", "/bin/sh"});
  tasks.push_back({"killed", {"-c", "kill -9 $$"}, folder / "log", "/bin/sh"});
  std::vector<int> statuses(tasks.size(), -1);
  size_t most = 0;
  EXPECT_TRUE(run_all(
      tasks, 2, [&](const ProcessEnd& end) { statuses.at(end.task) = end.status; },
      [&](const std::vector<size_t>& running) { most = std::max(most, running.size()); }));
  EXPECT_EQ(statuses, (std::vector<int>{0, 3, 0, 0, 137}));
  EXPECT_LE(most, 2);
  EXPECT_EQ(read_file(folder / "log"), "said\nsaid\nsaid\nsaid\n");
}

}  // namespace
}  // namespace refract
