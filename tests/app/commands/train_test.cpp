// `refract train`: which data set is meant, and what is said at the end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "refract/data/registry.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;

class DataOfATraining : public ::testing::Test {
 protected:
  // One sentence that names both.
  void expect_clash(std::vector<std::string> words, const std::string& one, const std::string& other) {
    words.insert(words.begin(), {"train", "vae", "--out", folder_ / "run"});
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << ran.err;
    for (const std::string& part :
         {one + " chooses the data set ", other + " chooses the data set ", std::string(" Give only one of them.")})
      EXPECT_NE(ran.err.find(part), std::string::npos) << "expected '" << part << "' in: " << ran.err;
  }

  Folder folder_;
};

TEST_F(DataOfATraining, OptionsThatChooseTwoDataSetsAreNamed) {
  int pairs = 0;
  for (const DataEntry& a : data_sets())
    for (const std::string& one : a.named_by)
      for (const DataEntry& b : data_sets())
        for (const std::string& other : b.named_by) {
          if (&a == &b) continue;
          const std::string first = fmt::format("--{}", one), second = fmt::format("--{}", other);
          expect_clash({first, "x", second, "y"}, first, second);
          ++pairs;
        }
  EXPECT_GE(pairs, 4);
}

TEST_F(DataOfATraining, SoIsAnOptionOfAnotherSetThanTheOneNamed) {
  for (const DataEntry& named : data_sets()) {
    const Options options = named.recipe().options;
    write_file(folder_ / "a.toml", fmt::format("data = \"{}\"\n", named.name));
    for (const DataEntry& other : data_sets())
      for (const std::string& option : other.named_by) {
        if (options.has(option)) continue;
        const std::string flag = fmt::format("--{}", option);
        expect_clash({"--data", named.name, flag, "x"}, fmt::format("--data {}", named.name), flag);
        expect_clash({"--config", folder_ / "a.toml", flag, "x"}, fmt::format("data = \"{}\" in --config", named.name),
                     flag);
      }
  }
}

// Rows that come from no file.
TEST_F(DataOfATraining, RowsNeedNoTableToTryNext) {
  const Ran ran = refract({"train",          "vae", "--data",         "arcs",
                           "--points",       "60",  "--fit_points",   "30",
                           "--score_points", "30",  "--steps",        "3",
                           "--latent",       "2",   "--dense_widths", "4",
                           "--threads",      "1",   "--out",          folder_ / "run"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("sample " + (folder_ / "run")), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace refract
