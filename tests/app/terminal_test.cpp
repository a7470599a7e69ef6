#include "app/terminal.h"

#include <gtest/gtest.h>

#include "app/progress.h"

namespace refract {
namespace {

TEST(Terminal, TablesAreAlignedAndTheLastColumnIsBroken) {
  const std::string text = table_text({{"name", "meaning"}, {"a", "one two three four five six seven eight"}}, 20);
  EXPECT_EQ(text,
            "name  meaning\n"
            "a     one two three four five six\n"
            "      seven eight\n");
}

TEST(Terminal, DurationsAreShort) {
  EXPECT_EQ(duration_text(7.6), "8 s");
  EXPECT_EQ(duration_text(125), "2 min");
  EXPECT_EQ(duration_text(5400), "90 min");
  EXPECT_EQ(duration_text(3900 + 3600), "2 h 05 min");
}

TEST(Progress, ALineSaysStepRateTimeLeftAndTheTermsThatFit) {
  const TrainingProgress progress{1200, 20000, 12.34, 1500, {{"reconstruction", 120.456}, {"kl", 3.25}}};
  EXPECT_EQ(progress_text(progress, 200),
            "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5  kl 3.25");
  EXPECT_EQ(progress_text(progress, 80), "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5");
}

}  // namespace
}  // namespace refract
