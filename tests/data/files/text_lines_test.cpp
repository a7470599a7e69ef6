#include "refract/data/files/text_lines.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;

TEST(CsvCells, AreWithoutBlanksAndQuotes) {
  EXPECT_EQ(csv_cells("emotion, Usage, pixels"), (Cells{"emotion", "Usage", "pixels"}));
  EXPECT_EQ(csv_cells("\"0\",\"70 80\", \"Training\"\r"), (Cells{"0", "70 80", "Training"}));
  EXPECT_EQ(csv_cells("\"a,b\",c"), (Cells{"a,b", "c"}));
  EXPECT_EQ(csv_cells("\"say \"\"so\"\", then\",c"), (Cells{"say \"\"so\"\", then", "c"}));
  EXPECT_EQ(csv_cells("\"a,\",c"), (Cells{"a,", "c"}));
  EXPECT_EQ(csv_cells("a,,"), (Cells{"a", "", ""}));
  EXPECT_EQ(csv_cells(""), (Cells{""}));
  EXPECT_EQ(csv_cells("\"never closed, 1"), (Cells{"never closed, 1"}));
}

TEST(TextLines, PassOverAMarkAndBlankLines) {
  const TempFolder folder;
  write_file(folder / "a.csv",
             "\xef\xbb\xbf"
             "a,b\r\n\r\n1,2\n   \n");
  TextLines lines(folder / "a.csv");
  Cells cells;
  ASSERT_TRUE(lines.next(cells));
  EXPECT_EQ(cells, (Cells{"a", "b"}));
  ASSERT_TRUE(lines.next(cells));
  EXPECT_EQ(cells, (Cells{"1", "2"}));
  EXPECT_FALSE(lines.next(cells));
  EXPECT_EQ(first_cells(folder / "a.csv"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines.sha256(), sha256(read_file(folder / "a.csv")));
}

}  // namespace
}  // namespace refract
