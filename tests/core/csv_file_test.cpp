#include "refract/core/csv_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using Lines = std::vector<std::vector<std::string>>;

Lines lines_of(const std::string& text, char separator = ',') {
  CsvReader reader("the text", text, separator);
  Lines lines;
  for (std::vector<std::string> cells; reader.next(cells);) lines.push_back(cells);
  return lines;
}

std::string csv_refusal(const std::string& text) {
  return message_of<BadInput>([&] { lines_of(text); });
}

TEST(CsvFile, CellsAreAsRfc4180HasThem) {
  EXPECT_EQ(lines_of("a,b\n1,2\n"), (Lines{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(lines_of("a,,\n,"), (Lines{{"a", "", ""}, {"", ""}}));
  EXPECT_EQ(lines_of("\"a,b\",\"say \"\"so\"\"\",\"\"\"\",\"\"\n"), (Lines{{"a,b", "say \"so\"", "\"", ""}}));
  EXPECT_EQ(lines_of("\"two\nlines\",1\n"), (Lines{{"two\nlines", "1"}}));
  EXPECT_EQ(lines_of("a, \"b, c\" ,d"), (Lines{{"a", "b, c", "d"}})) << "blanks around quotes";
  EXPECT_EQ(lines_of("5\" disk, x"), (Lines{{"5\" disk", " x"}})) << "a quote that begins no cell is one of it";
}

TEST(CsvFile, SeparatorsMayBeOthers) {
  EXPECT_EQ(lines_of("a\tb,c\n\t\"1\t2\"\n", '\t'), (Lines{{"a", "b,c"}, {"", "1\t2"}}));
}

TEST(CsvFile, EmptyLinesMarksAndWindowsAreNothing) {
  EXPECT_EQ(lines_of("\xef\xbb\xbfname,b\r\n\r\n\"1\",2\r\n\n\n"), (Lines{{"name", "b"}, {"1", "2"}}));
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n\r\n"), Lines{});
  EXPECT_EQ(lines_of("a,b\r"), (Lines{{"a", "b"}}));
}

TEST(CsvFile, LinesAreCountedAsAnEditorDoes) {
  CsvReader reader("the text", "a,b\n\n\"1\n\n\",2\n3,4");
  std::vector<std::string_view> cells;
  for (const int64_t line : {1, 3, 6}) {
    ASSERT_TRUE(reader.next(cells));
    EXPECT_EQ(reader.line(), line);
  }
  EXPECT_FALSE(reader.next(cells));
  EXPECT_TRUE(cells.empty());
}

TEST(CsvFile, BrokenQuotesAreRefused) {
  EXPECT_EQ(csv_refusal("a,b\n1,\"x\ny\n"),
            "Reading the text, line 2: expected a quote at the end of a cell, found the end of the file.");
  EXPECT_EQ(csv_refusal("a,b\n\n\"x\"y,1\n"),
            "Reading the text, line 3: expected the end of a cell behind its closing quote, found 'y'.");
}

TEST(CsvFile, WhatIsWrittenIsReadBack) {
  const testing_support::TempFolder folder;
  const std::vector<std::string> texts = {"plain", "a,b", "say \"so\"", "two\nlines", "r\r", ""};
  std::string line;
  for (const std::string& text : texts) line += fmt::format("{}{}", line.empty() ? "" : ",", csv_cell(text));
  write_file(folder / "a.csv", line);
  CsvReader reader(folder / "a.csv");
  std::vector<std::string> cells;
  ASSERT_TRUE(reader.next(cells));
  EXPECT_EQ(cells, texts);
}

}  // namespace
}  // namespace refract
