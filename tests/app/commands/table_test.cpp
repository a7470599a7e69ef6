// `refract train --table` and what follows, as its user meets it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "refract/core/csv_file.h"
#include "refract/core/files.h"
#include "tests/support/answers.h"
#include "tests/support/program.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::Ran;
using testing_support::TempFolder;

std::string table_of(int rows, bool counts) {
  std::string text = "cell,condition,kind,g1,g2,g3,g4\n";
  for (int i = 0; i < rows; ++i) {
    const bool control = i % 3 == 0;
    text += fmt::format("c{},{},{}", i, control ? "control" : "treated", i % 2 == 0 ? "A" : "B");
    for (int d = 0; d < 4; ++d) {
      const double value = 100.0 + 10.0 * d + (i * (d + 3)) % 7 + (control || d > 1 ? 0 : 20);
      text += fmt::format(",{}", counts ? std::floor(value) : value / 10);
    }
    text += '\n';
  }
  return text;
}

std::vector<std::vector<std::string>> rows_in(const std::filesystem::path& file) {
  std::vector<std::vector<std::string>> rows;
  CsvReader reader(file);
  for (std::vector<std::string> cells; reader.next(cells);) rows.push_back(cells);
  return rows;
}

class TableCommands : public ::testing::TestWithParam<bool> {
 protected:
  TableCommands() { write_file(folder_ / "rows.csv", table_of(150, GetParam())); }

  Ran train() {
    std::vector<std::string> words = {"train",
                                      "rbvae",
                                      "--table",
                                      folder_ / "rows.csv",
                                      "--reference-where",
                                      "condition=control",
                                      "--label",
                                      "kind",
                                      "--name",
                                      "cell",
                                      "--steps",
                                      "20",
                                      "--batch",
                                      "16",
                                      "--dense_widths",
                                      "16,8",
                                      "--latent_e",
                                      "2",
                                      "--latent_z",
                                      "2",
                                      "--threads",
                                      "1",
                                      "--out",
                                      folder_ / "run"};
    if (GetParam()) words.emplace_back("--counts");
    return testing_support::refract(words);
  }
  void expect_swapped_and_retrieved(const std::string& run, const std::string& rows, const std::string& two) {
    ASSERT_EQ(testing_support::refract({"swap", run, two, "--block", "z", "--out", folder_ / "w.csv"}).status, 0);
    const auto swapped = rows_in(folder_ / "w.csv");
    ASSERT_EQ(swapped.size(), 5U);
    EXPECT_EQ(swapped[2][0], "x with z of y");
    ASSERT_EQ(testing_support::refract({"swap", run, "--count", "3", "--out", folder_ / "h.csv"}).status, 0);
    const auto held_out = rows_in(folder_ / "h.csv");
    ASSERT_EQ(held_out.size(), 10U);
    EXPECT_EQ(held_out[1][0].find("score "), 0U) << held_out[1][0];

    const Ran found = testing_support::refract(
        {"retrieve", run, rows, "--among", rows, "--neighbours", "2", "--out", folder_ / "r.csv"});
    ASSERT_EQ(found.status, 0) << found.err;
    const auto lines = rows_in(folder_ / "r.csv");
    ASSERT_EQ(lines.size(), 1U + 150 * 2 * 2);
    EXPECT_EQ(lines[0], (std::vector<std::string>{"query", "block", "rank", "neighbour", "distance"}));
    for (size_t i = 1; i < lines.size(); ++i) EXPECT_NE(lines[i][0], lines[i][3]);
    const Ran known = testing_support::refract({"retrieve", run, "--out", folder_ / "k.csv"});
    for (const char* row : {"untrained encoder", "raw values", "random guess"})
      EXPECT_NE(known.out.find(row), std::string::npos) << known.out << known.err;
  }

  TempFolder folder_;
};

TEST_P(TableCommands, ATableIsTrainedOnEncodedAndMadeAgain) {
  const Ran trained = train();
  ASSERT_EQ(trained.status, 0) << trained.err;
  for (const char* figure : {"block-map", "column-effects", "value-scatter"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "run" / "figures" / (std::string(figure) + ".png"))) << figure;
  EXPECT_NE(trained.out.find("reconstruction"), std::string::npos) << trained.out;

  const std::string run = folder_ / "run", rows = folder_ / "rows.csv";
  const Ran encoded = testing_support::refract({"encode", run, rows, "--out", folder_ / "codes.csv"});
  ASSERT_EQ(encoded.status, 0) << encoded.err;
  const auto codes = rows_in(folder_ / "codes.csv");
  ASSERT_EQ(codes.size(), 151U);
  EXPECT_EQ(codes[0], (std::vector<std::string>{"file", "e_1", "e_2", "z_1", "z_2"}));
  EXPECT_EQ(codes[1][0], "c0");

  write_file(folder_ / "two.csv", "cell,g4,g3,g2,g1\nx,131,121,111,101\ny,132,122,112,102\n");
  const std::string two = folder_ / "two.csv";
  const Ran moved =
      testing_support::refract({"transfer", run, "--target", two, "--common", two, "--out", folder_ / "t.csv"});
  ASSERT_EQ(moved.status, 0) << moved.err;
  const auto transferred = rows_in(folder_ / "t.csv");
  ASSERT_EQ(transferred.size(), 5U);
  EXPECT_EQ(transferred[0], (std::vector<std::string>{"cell", "g1", "g2", "g3", "g4"}));
  EXPECT_EQ(transferred[2][0], "x with e of y");

  ASSERT_EQ(testing_support::refract({"synthesize", run, two, "--variants", "3", "--out", folder_ / "s.csv"}).status,
            0);
  EXPECT_EQ(rows_in(folder_ / "s.csv").size(), 7U);
  expect_swapped_and_retrieved(run, rows, two);
  ASSERT_EQ(
      testing_support::refract({"sample", run, "--panels", "2", "--side", "2", "--out", folder_ / "n.csv"}).status, 0);
  const auto samples = rows_in(folder_ / "n.csv");
  ASSERT_EQ(samples.size(), 9U);
  // In the table's own units: near 10 for each column, or near 460 counts a row.
  double sum = 0;
  for (size_t d = 1; d < 5; ++d) sum += std::stod(samples[1][d]);
  EXPECT_NEAR(sum, GetParam() ? 490 : 49, GetParam() ? 35 : 8);
}

TEST_P(TableCommands, WhatIsNoTableForTheRunIsRefused) {
  ASSERT_EQ(train().status, 0);
  const std::string run = folder_ / "run";
  write_file(folder_ / "less.csv", "cell,g1,g2,g3\nx,1,2,3\ny,1,2,4\n");
  const Ran less = testing_support::refract({"encode", run, folder_ / "less.csv", "--out", folder_ / "codes.csv"});
  EXPECT_EQ(less.status, 2);
  EXPECT_NE(less.err.find("g4"), std::string::npos) << less.err;
  const Ran rendered =
      testing_support::refract({"data", "render", "table", "--table", folder_ / "less.csv", "--name", "cell"});
  EXPECT_EQ(rendered.status, 2);
  EXPECT_NE(rendered.err.find("expected a data set of images"), std::string::npos) << rendered.err;
  EXPECT_EQ(testing_support::refract({"interpolate", run, folder_ / "less.csv", folder_ / "less.csv"}).status, 2);
  const Ran png = testing_support::refract({"sample", run, "--out", folder_ / "n.png"});
  EXPECT_EQ(png.status, 2);
  EXPECT_NE(png.err.find(".csv"), std::string::npos) << png.err;
}

// The width of a PNG file in pixels.
int width_of(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  int width = 0;
  for (size_t i = 16; i < 20; ++i) width = 256 * width + static_cast<unsigned char>(bytes.at(i));
  return width;
}

TEST_P(TableCommands, AnyColumnColoursTheMaps) {
  ASSERT_EQ(train().status, 0);
  const std::string run = folder_ / "run";
  const auto drawn = [&](const std::string& columns, const std::string& out) {
    return testing_support::refract(
        {"figures", run, "--only", "block-map", "--colour", columns, "--out", folder_ / out});
  };
  const Ran ran = drawn("g1,condition,cell", "figures");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const int before = width_of(folder_ / "run" / "figures" / "block-map.png");
  EXPECT_EQ(width_of(folder_ / "figures" / "block-map.png"), before + 3 * 354) << "three maps more across";
  const Ran unknown = drawn("g9", "other");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_NE(unknown.err.find("there is no column 'g9', which is to colour the rows"), std::string::npos) << unknown.err;
  const Ran evaluated = testing_support::refract({"evaluate", run, "--colour", "g2"});
  EXPECT_EQ(evaluated.status, 0) << evaluated.err;
  EXPECT_EQ(width_of(folder_ / "run" / "figures" / "block-map.png"), before + 354);
}

TEST_P(TableCommands, HeldOutRowsAreCalledRows) {
  ASSERT_EQ(train().status, 0);
  const std::string run = folder_ / "run";
  const Ran ran = testing_support::refract({"encode", run, "--factors", "--out", folder_ / "codes.csv"});
  EXPECT_NE(ran.out.find("holds the codes and classes of 20 rows."), std::string::npos) << ran.out << ran.err;
  EXPECT_EQ(testing_support::answer({"encode", run, "--factors", "--out", folder_ / "codes.npz"}).at("rows"), 20);
}

// A run reads what it wrote, and a table stays the same under another name.
TEST_P(TableCommands, WhatWasWrittenIsReadAgain) {
  ASSERT_EQ(train().status, 0);
  const std::string run = folder_ / "run", made = folder_ / "made.csv";
  ASSERT_EQ(
      testing_support::refract({"synthesize", run, folder_ / "rows.csv", "--variants", "1", "--out", made}).status, 0);
  EXPECT_EQ(rows_in(made).at(0).at(0), "cell");
  std::filesystem::rename(folder_ / "rows.csv", folder_ / "other.csv");
  const Ran evaluated = testing_support::refract({"evaluate", run, "--table", folder_ / "other.csv"});
  EXPECT_EQ(evaluated.status, 0) << evaluated.err;
  if (GetParam()) return;  // what is made of counts are means, and no counts
  const Ran again = testing_support::refract({"encode", run, made, "--out", folder_ / "again.csv"});
  EXPECT_EQ(again.status, 0) << again.err;
}

INSTANTIATE_TEST_SUITE_P(Kinds, TableCommands, ::testing::Bool(),
                         [](const auto& row) { return row.param ? "Counts" : "Numbers"; });

}  // namespace
}  // namespace refract
