#include "refract/train/metrics_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

TEST(MetricsLog, WritesOneHeaderAndOneRowALogLine) {
  const TempFolder folder;
  MetricsLog log(folder / "m.csv", 0);
  log.append(20, 1.5, {{"kl", 2}, {"reconstruction", 0.25}});
  log.append(40, 3, {{"kl", 1e-9}, {"reconstruction", 123456.75}});
  EXPECT_EQ(read_file(folder / "m.csv"), "step,seconds,kl,reconstruction\n20,1.500,2,0.25\n40,3.000,1e-09,123456.8\n");
}

TEST(MetricsLog, DropsRowsPastTheCheckpointAndWhatAKillCutOff) {
  const TempFolder folder;
  write_file(folder / "m.csv", "step,seconds,kl\n20,1.5,2\n40,3.5,1\n60,5,1\n80,7");
  MetricsLog log(folder / "m.csv", 45);
  EXPECT_EQ(log.seconds(), 3.5);
  EXPECT_EQ(read_file(folder / "m.csv"), "step,seconds,kl\n20,1.5,2\n40,3.5,1\n");
  log.append(60, 6, {{"kl", 3}});
  EXPECT_EQ(read_metrics(folder / "m.csv").rows.back(), (std::vector<double>{60, 6, 3}));
}

TEST(MetricsLog, BeginsAnewWhereEvenTheHeaderWasCutOff) {
  const TempFolder folder;
  write_file(folder / "m.csv", "step,sec");
  MetricsLog(folder / "m.csv", 0).append(20, 1, {{"kl", 2}});
  EXPECT_EQ(read_file(folder / "m.csv"), "step,seconds,kl\n20,1.000,2\n");
}

TEST(MetricsLog, ReadingPassesOverBrokenRows) {
  const TempFolder folder;
  EXPECT_TRUE(read_metrics(folder / "none.csv").columns.empty());
  write_file(folder / "m.csv", "step,seconds,kl\n20,1.5,2\nbroken\n40,3\n60,5,1\n80,7,1");
  const MetricsTable table = read_metrics(folder / "m.csv");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"step", "seconds", "kl"}));
  EXPECT_EQ(table.rows, (std::vector<std::vector<double>>{{20, 1.5, 2}, {60, 5, 1}}));
}

TEST(MetricsLog, OtherTermsAreRefused) {
  const TempFolder folder;
  write_file(folder / "m.csv", "step,seconds,kl\n");
  MetricsLog log(folder / "m.csv", 0);
  EXPECT_TRUE(contains(message_of<Error>([&] { log.append(20, 1, {{"other", 2}}); }), "other"));
}

TEST(MetricsLog, AFullDiskIsASentence) {
  const TempFolder folder;
  MetricsLog log(folder / "m.csv", 0);
  const testing_support::FullDisk full(10);
  EXPECT_TRUE(contains(message_of<Error>([&] { log.append(20, 1, {{"kl", 2}}); }), "File too large"));
}

TEST(MetricsLog, GoesOnInAFolderThatIsMoved) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "a");
  MetricsLog log(folder / "a/m.csv", 0);
  log.append(20, 1, {{"kl", 2}});
  std::filesystem::rename(folder / "a", folder / "b");
  log.append(40, 2, {{"kl", 1}});
  EXPECT_EQ(read_metrics(folder / "b/m.csv").rows.size(), 2U);
}

}  // namespace
}  // namespace refract
