// Good tables, by hand. table_refusal_test.cpp has the bad ones.
#include "refract/data/files/table_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/tables.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::Floats;
using testing_support::gzip;
using testing_support::Texts;

class TableFile : public testing_support::TableFiles {};

const std::string four_cells =  // of four rows: two of them controls
    "id,condition,CD4,CD8,age,grade\n"
    "a,control,1,2.5,30,low\n"
    "b,treated,3,-4e1,41.5,high\n"
    "c,treated,5,0.5,28,low\n"
    "d,control,7,8,35,mid\n";

TableQuery of_cells(TableQuery query) {
  query.name = "id";
  query.label = "condition";
  query.factors = {"grade", "age"};
  query.reference_where = "condition=control";
  return query;
}

void expect_cells(const Table& table) {
  EXPECT_EQ(table.columns, (Texts{"CD4", "CD8"}));
  EXPECT_EQ(table.values, (Floats{1, 2.5, 3, -40, 5, 0.5, 7, 8}));
  EXPECT_EQ(table.means, (Floats{4, -7.25}));
  EXPECT_EQ(table.names, (Texts{"a", "b", "c", "d"}));
  EXPECT_EQ(table.labels, (Texts{"control", "treated", "treated", "control"}));
  ASSERT_EQ(table.factors.size(), 2U);
  EXPECT_EQ(table.factors[0].name, "grade");
  EXPECT_EQ(table.factors[0].values, (std::vector<double>{1, 0, 1, 2}));
  EXPECT_EQ(table.factors[0].value_names, (Texts{"high", "low", "mid"}));
  EXPECT_EQ(table.factors[1].values, (std::vector<double>{30, 41.5, 28, 35}));
  EXPECT_TRUE(table.factors[1].value_names.empty());
  EXPECT_EQ(table.in_reference, (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ(table.in_unlabelled, (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(table.rows(), 4U);
}

std::string with_replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

TEST_F(TableFile, ColumnsThatColourStayWhatTheyAre) {
  TableQuery asked = query("kind,a,b\nx,1,2\n,3,4\ny,,7\nx,5,6\n");
  asked.colours = {"a", "kind"};
  asked.ignore = {"kind"};
  asked.missing = MissingPolicy::mean;
  const Table table = read_table(asked);
  EXPECT_EQ(table.columns, (Texts{"a", "b"}));
  EXPECT_EQ(table.values, (Floats{1, 2, 3, 4, 3, 7, 5, 6}));
  ASSERT_EQ(table.colours.size(), 2U);
  const auto shown = [](const TableFactor& column) {
    std::vector<double> values;
    for (const double value : column.values) values.push_back(std::isnan(value) ? -1 : value);
    return values;
  };
  EXPECT_EQ(shown(table.colours[0]), (std::vector<double>{1, 3, -1, 5})) << "a mean is no colour";
  EXPECT_TRUE(table.colours[0].value_names.empty());
  EXPECT_EQ(shown(table.colours[1]), (std::vector<double>{0, -1, 1, 0}));
  EXPECT_EQ(table.colours[1].value_names, (Texts{"x", "y"}));
}

TEST_F(TableFile, SortsColumnsAndRows) {
  const Table table = read_table(of_cells(query(four_cells)));
  expect_cells(table);
  EXPECT_EQ(table.sha256, sha256(four_cells));
  ASSERT_EQ(table.notes.size(), 1U);
  EXPECT_EQ(table.notes[0],
            "The factor 'grade' is text; its 3 values count as 0, 1, 2, ... in this order: 'high', 'low', 'mid'.");
}

TEST_F(TableFile, IsTheSameHoweverItIsWritten) {
  const std::string tabs = with_replaced(four_cells, ",", "\t");
  expect_cells(read_table(of_cells(query(tabs))));
  expect_cells(read_table(of_cells(query(tabs, "t.tsv"))));
  expect_cells(read_table(of_cells(query("\xef\xbb\xbf" + with_replaced(four_cells, "\n", "\r\n") + "\r\n\r\n"))));
  expect_cells(read_table(of_cells(query(with_replaced(four_cells, "control", " \"control\" ")))));
  expect_cells(read_table(of_cells(query(with_replaced(four_cells, ",", " , ")))));
  expect_cells(read_table(of_cells(query(four_cells.substr(0, four_cells.size() - 1)))));
  const Table packed =
      read_table(of_cells(query(gzip(four_cells.substr(0, 50)) + gzip(four_cells.substr(50)), "t.csv.gz")));
  expect_cells(packed);
  EXPECT_EQ(packed.sha256, sha256(four_cells)) << "packed or not, they are the same data";
  expect_cells(read_table(of_cells(query(gzip(tabs), "t.tsv.gz"))));
}

TEST_F(TableFile, ATabInTheNameDecidesWhereBothAreInTheHeader) {
  const Table table = read_table(query("a,b\tc\n1\t2\n3\t4\n", "t.tsv"));
  EXPECT_EQ(table.columns, (Texts{"a,b", "c"}));
}

TEST_F(TableFile, NumbersAreReadAsTheyAreWritten) {
  const std::vector<std::pair<std::string, float>> numbers = {
      {"0", 0.0F},        {"+3", 3.0F},      {"-0.25", -0.25F}, {"1e3", 1000.0F},
      {"1.5E-2", 0.015F}, {".5", 0.5F},      {"7.", 7.0F},      {"3.4e38", 3.4e38F},
      {"1e-320", 0.0F},   {"1e-9999", 0.0F}, {"007", 7.0F},     {"16777217", 16777216.0F}};
  for (const auto& [text, value] : numbers) EXPECT_EQ(read("a,b\n9,8\n" + text + ",2\n").values.at(2), value) << text;
}

TEST_F(TableFile, WithoutConditionsEveryRowIsUnlabelled) {
  const Table table = read("a,b\n1,2\n3,4\n");
  EXPECT_EQ(table.in_reference, (std::vector<bool>{false, false}));
  EXPECT_EQ(table.in_unlabelled, (std::vector<bool>{true, true}));
  EXPECT_TRUE(table.names.empty() && table.labels.empty() && table.factors.empty() && table.notes.empty());
}

TEST_F(TableFile, AFirstColumnWithoutANameNamesTheRows) {  // as pandas and R write them
  const Table table = read("\"\",a,b\nr1,1,2\nr2,3,4\n");
  EXPECT_EQ(table.names, (Texts{"r1", "r2"}));
  EXPECT_EQ(table.columns, (Texts{"a", "b"}));
  const Table twice = read(",a,b\n0,1,2\n0,3,4\n");
  EXPECT_TRUE(twice.names.empty());
  EXPECT_EQ(twice.notes.at(0), "Rows are not named: (the unnamed first column) has '0' in line 2 and in line 3.");
  TableQuery named = query(",a,b\n0,1,2\n0,3,4\n");
  named.name = "b";
  EXPECT_EQ(read_table(named).names, (Texts{"2", "4"}));
  EXPECT_EQ(read_table(named).columns, Texts{"a"});
}

TEST_F(TableFile, ColumnsThatAreCountedHaveAHeader) {
  EXPECT_EQ(read(",0,1,2\n0,5,6,7\n1,6,7,8\n").columns, (Texts{"0", "1", "2"}));
  EXPECT_EQ(read("1,2,3\n5,6,7\n6,7,8\n").columns, (Texts{"1", "2", "3"}));
}

TEST_F(TableFile, RowsMayBeInNeitherSetOrInBoth) {
  TableQuery asked = query(four_cells);
  asked.ignore = {"id", "grade"};
  asked.reference_where = "condition=control";
  asked.unlabelled_where = "condition=treated and age < 40";
  const Table table = read_table(asked);
  EXPECT_EQ(table.in_unlabelled, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(table.notes.at(0), "1 of 4 rows meet neither condition: nothing is learnt from them.");
  EXPECT_EQ(table.means, (Floats{13.0F / 3, 11.0F / 3})) << "of the rows that are learnt from";
  asked.unlabelled_where = "age>0";
  asked.overlap = true;
  EXPECT_EQ(read_table(asked).in_unlabelled, std::vector<bool>(4, true));
}

TEST_F(TableFile, ColumnsOfOneValueAreLeftOut) {
  const Table table = read("a,b,c,d\n1,0,2,9\n3,0,2,8\n");
  EXPECT_EQ(table.columns, (Texts{"a", "d"}));
  EXPECT_EQ(table.values, (Floats{1, 9, 3, 8}));
  EXPECT_EQ(table.notes.at(0), "2 of 4 columns of features have one value in all rows and were left out: 'b', 'c'.");
}

const std::string rows_with_gaps = "a,b,g\n1,,x\n2,5,x\n,7,y\n6,9,y\n";

TEST_F(TableFile, RowsWithGapsAreDropped) {
  TableQuery asked = query(rows_with_gaps);
  asked.missing = MissingPolicy::drop;
  asked.label = "g";
  const Table table = read_table(asked);
  EXPECT_EQ(table.values, (Floats{2, 5, 6, 9}));
  EXPECT_EQ(table.labels, (Texts{"x", "y"}));
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.notes.at(0), "2 of 4 rows were dropped: they have cells without a value, 1 in column 'a'.");
}

TEST_F(TableFile, GapsAreFilledWithMeansOfTheRowsThatAreLearntFrom) {
  TableQuery asked = query(rows_with_gaps);
  asked.missing = MissingPolicy::mean;
  asked.reference_where = "g=y";
  EXPECT_EQ(read_table(asked).values, (Floats{1, 7, 2, 5, 3, 7, 6, 9}));
  asked.ignore = {"g"};
  asked.unlabelled_where = "b=5";
  asked.reference_where = "b>=9";
  const Table table = read_table(asked);
  EXPECT_EQ(table.columns, Texts{"a"});
  EXPECT_EQ(table.values, (Floats{2, 6})) << "rows of neither set are left out, their gaps with them";
  EXPECT_EQ(table.places, (Texts{"line 3", "line 5"}));
}

TEST_F(TableFile, EverySpellingOfNoValueIsOne) {
  for (const char* spelling : {"", "NA", "N/A", "NaN", "nan", "null", "None", ".", "?", " NA ", "\"\""}) {
    TableQuery asked = query(fmt::format("a,b\n1,2\n{},4\n5,6\n", spelling));
    asked.missing = MissingPolicy::mean;
    EXPECT_EQ(read_table(asked).values, (Floats{1, 2, 3, 4, 5, 6})) << spelling;
  }
}

// A model learnt from b and a: the same columns of later rows, in its order, with its means.
TEST_F(TableFile, WantedColumnsComeInTheirOrder) {
  TableQuery asked = query("a,x,text,b\n1,0,u,2\n,0,v,2\n");
  asked.columns = {"b", "a"};
  asked.missing = MissingPolicy::mean;
  asked.fill = {10, 20};
  asked.label = "text";
  const Table table = read_table(asked);
  EXPECT_EQ(table.columns, (Texts{"b", "a"})) << "though b has one value";
  EXPECT_EQ(table.values, (Floats{2, 1, 2, 20}));
  EXPECT_EQ(table.labels, (Texts{"u", "v"}));
  TableQuery one = query("a,b\n1,2\n");
  one.columns = {"a"};
  EXPECT_EQ(read_table(one).values, Floats{1});
}

TEST_F(TableFile, LinesOfSeparatorsAreNoRows) {
  const Table table = read("a,b\n1,2\n,\n3,4\n , \n");
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.notes.at(0), "Lines of separators alone were passed over: 2.");
}

TEST_F(TableFile, CountsAreWholeNumbers) {
  TableQuery asked = query("a,b\n1,2e3\n0,4.0\n");
  asked.counts = true;
  EXPECT_EQ(read_table(asked).values, (Floats{1, 2000, 0, 4}));
}

}  // namespace
}  // namespace refract
