#include "app/cli/terminal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/cli/metric_text.h"
#include "app/cli/progress.h"
#include "app/cli/work_progress.h"
#include "app/study/job_queue.h"
#include "app/study/study_progress.h"
#include "refract/eval/table.h"

namespace refract {
namespace {

TEST(Terminal, TablesAreAlignedAndTheLastColumnIsBroken) {
  const std::string text = table_text({{"name", "meaning"}, {"a", "one two three four five six seven eight"}}, 20);
  EXPECT_EQ(text,
            "name  meaning\n"
            "a     one two three four five six\n"
            "      seven eight\n");
}

TEST(Terminal, TablesStayWithinTheWidth) {
  const std::string long_text = "many words of which each is short and all are long";
  const std::string text = table_text({{"name", "what it is", "source"}, {"a", long_text, long_text}}, 60);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60U) << line;
  EXPECT_EQ(text,
            "name  what it is              source\n"
            "a     many words of which     many words of which each is\n"
            "      each is short and all   short and all are long\n"
            "      are long\n");
}

TEST(Terminal, IndentedCellsStayIndented) {
  EXPECT_EQ(table_text({{"Commands:", ""}, {"  train", "a  b"}}, 60), "Commands:\n  train    a  b\n");
}

TEST(Terminal, WideTablesStandInBlocks) {
  const std::string table =
      "                     red   green  \xc2\xb1 of it\n"
      "e and z            0.061   0.100    0.100\n"
      "predict the mean   0.200  12.300        -\n";
  EXPECT_EQ(in_blocks(table, 41), table);
  EXPECT_EQ(in_blocks(table, 33),
            "                     red   green\n"
            "e and z            0.061   0.100\n"
            "predict the mean   0.200  12.300\n"
            "\n"
            "                  \xc2\xb1 of it\n"
            "e and z             0.100\n"
            "predict the mean        -\n");
  EXPECT_EQ(in_blocks("one column\nalone\n", 3), "one column\nalone\n");
}

TEST(Terminal, AMetricTableFoldsItsColumnsAlone) {
  MetricTable table{"kl", "A title that is long enough to be wider than this", "nats", {}, {{"e", {}}}, "A protocol."};
  for (int i = 0; i < 12; ++i) {
    table.columns.push_back(fmt::format("e{}", i));
    table.rows[0].values.push_back(0.5 * i);
  }
  EXPECT_EQ(metric_text(table, 1000), to_text(table));
  const std::string folded = metric_text(table, 60);
  std::istringstream lines(folded);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, table.title + " (nats)");
  size_t blocks = 0;
  while (std::getline(lines, line)) {
    EXPECT_LE(line.size(), 60U) << line;
    blocks += line.starts_with("e ") ? 1 : 0;
  }
  EXPECT_EQ(blocks, 2U);
  for (const char* part : {" e0", " e11", "5.500", "A protocol."})
    EXPECT_NE(folded.find(part), std::string::npos) << part;
}

TEST(Progress, ALineSaysStepRateTimeLeftAndTheTermsThatFit) {
  const TrainingProgress progress{1200, 20000, 12.34, 1500, {{"reconstruction", 120.456}, {"kl", 3.25}}};
  EXPECT_EQ(progress_text(progress, 200),
            "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5  kl 3.25");
  EXPECT_EQ(progress_text(progress, 80), "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5");
}

// One training done, one half-way that takes twice as long as was thought, one to come.
TEST(Progress, ALineSaysHowFarAStudyIs) {
  const std::vector<JobProgress> jobs = {{"vae-seed1", 500, 500, 120, 60, false, true},
                                         {"srbvae-seed1", 1000, 2000, 300, 300, true, false, 20},
                                         {"rbvae-seed1", 0, 1000, 0, 100, false, false, 40}};
  EXPECT_DOUBLE_EQ(share_done(jobs), 210.0 / 460);
  EXPECT_DOUBLE_EQ(seconds_left(jobs, 2), 420.0 / 210 * 150 + 20);  // one process waits
  EXPECT_DOUBLE_EQ(seconds_left(jobs, 1), 420.0 / 210 * 250 + 60);
  EXPECT_EQ(study_progress_text(jobs, 2), "1 of 3 trainings done (46 %)  5 min left  srbvae-seed1: step 1000 of 2000");
}

TEST(Progress, ALineSaysHowFarLongWorkIs) {
  EXPECT_EQ(work_progress_text({"Reading the images in neutral", 1200, 30000}, 4, 200),
            "Reading the images in neutral: 1200 of 30000 (4 %)  300 a second  96 s left");
  EXPECT_EQ(work_progress_text({"Reading", 0, 10}, 0, 200), "Reading: 0 of 10 (0 %)");
  EXPECT_EQ(work_progress_text({"Reading the images", 1, 2}, 1, 12), "Reading the ");
}

// A redrawn line on a terminal, a line now and then elsewhere, and nothing for what is over in a moment.
TEST(Progress, ShortWorkSaysNothingAndLongWorkSaysItNowAndThen) {
  EXPECT_FALSE(progress_due(true, 0.9, {}));
  EXPECT_TRUE(progress_due(true, 1.1, {}));
  EXPECT_FALSE(progress_due(true, 2, 0.05));
  EXPECT_TRUE(progress_due(true, 2, 0.2));
  EXPECT_FALSE(progress_due(false, 4, {}));
  EXPECT_TRUE(progress_due(false, 6, {}));
  EXPECT_FALSE(progress_due(false, 20, 14));
  EXPECT_TRUE(progress_due(false, 40, 34));
}

TEST(JobQueue, TakesAsLongAsTheLastToBeFree) {
  EXPECT_DOUBLE_EQ(queue_seconds({}, 2), 0);
  EXPECT_DOUBLE_EQ(queue_seconds({5, 3, 3, 1}, 2), 6);
  EXPECT_DOUBLE_EQ(queue_seconds({5, 3, 3, 1}, 8), 5);
}

}  // namespace
}  // namespace refract
