// Bad tables, and what each is told.
#include <gtest/gtest.h>

#include "tests/data/tables.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::gzip;
using testing_support::Texts;

class TableRefusal : public testing_support::TableFiles {
 protected:
  // Each table is refused with a sentence that has the part beside it.
  void expect_refused(const std::vector<std::pair<std::string, std::string>>& tables) {
    for (const auto& [bytes, part] : tables) {
      const std::string said = refusal(bytes);
      EXPECT_TRUE(contains(said, part)) << bytes << "\nexpected: " << part << "\nfound: " << said;
    }
  }
};

TEST_F(TableRefusal, Shapes) {
  expect_refused({
      {"a,b\n1,2\n3\n", ", line 3: expected 2 cells as in the header, found 1."},
      {"a,b\n1,2\n\n3,4,5\n", ", line 4: expected 2 cells as in the header, found 3."},
      {"a,b\nr1,1,2\nr2,3,4\n", "line 2: expected 2 cells as in the header, found 3. If R's write.table made it"},
      {"a,b\n", ": expected rows below the header, found none."},
      {"a,b\n\n \n,\n", ": expected rows below the header, found none."},
      {"a,b\n1,2\n", ": expected two rows or more, found one."},
      {"", ": expected a header and rows, found an empty file."},
      {"\xef\xbb\xbf\r\n\n", ": expected a header and rows, found an empty file."},
      {"a\n1\n2\n", ": expected the names of two columns or more, with commas between them, found one line: 'a'."},
      {"a b c\n1 2 3\n", "found one line: 'a b c'."},
      {"a,b\n1,\"2\n3,4\n", ", line 2: expected a quote at the end of a cell, found the end of the file."},
      {"a,b\n1,\"2\"3\n", ", line 2: expected the end of a cell behind its closing quote, found '3'."},
      {"a;b\n1,5;2\n", "found semicolons, as spreadsheets write them where numbers have decimal commas."},
  });
}

TEST_F(TableRefusal, Headers) {
  expect_refused({
      {"a,b,a\n1,2,3\n", ": expected each column once, found 'a' as column 1 and as column 3."},
      {"a,,b\n1,2,3\n", ", line 1: expected a name for each column, found none for column 2 of 3."},
      {"a,b,\n1,2,3\n", ", line 1: expected a name for each column, found none for column 3 of 3."},
      {"1.5,2,-3\n1,2,3\n", ", line 1: expected a header, the names of the columns, found numbers alone: 1.5, 2, -3."},
      {"\n0,7,2,4\n1,2,3,4\n", ", line 2: expected a header"},
      {",,\n1,2,3\n4,5,6\n", ", line 1: expected a header"},
  });
}

TEST_F(TableRefusal, TextAmongNumbersNamesColumnsLinesAndValues) {
  expect_refused({
      {"a,b\n1,x\n2,3\n",
       ": expected numbers in every column of features, found text in one: 'b' ('x' in line 2 alone)."},
      {"a,b,c\nu,1,old\nv,2,5\n",
       "found text in 2 columns: 'a' ('u' in line 2, 2 cells), 'c' ('old' in line 2 alone)."},
      {"a,b\n1,x\n2,3\n", "with --label, --factor or --name, or leave it out with --ignore"},
      {"a\tb\n1,5\t2\n2\t3\n", "('1,5' in line 2 alone). Write decimal points, not commas."},
      {"a,b\n1,True\n2,False\n", "'b' ('True' in line 2, 2 cells)"},
      {"a,b\n1,-nan\n2,1e\n", "'b' ('-nan' in line 2, 2 cells)"},
      {"a,b\n1,0x10\n2,+-1\n", "'b' ('0x10' in line 2, 2 cells)"},
      {"a,b,c,d,e,f,g\nx,x,x,x,x,x,1\nx,x,x,x,x,x,1\n", "in 6 columns: 'a' ('x' in line 2, 2 cells), 'b' "},
      {"a,b,c,d,e,f,g\nx,x,x,x,x,x,1\nx,x,x,x,x,x,1\n", " and 1 more. Say what"},
      {"a,b\n1,na\n2,3\n", "'b' ('na' in line 2 alone)"},
  });
}

TEST_F(TableRefusal, NumbersOutOfRange) {
  expect_refused({
      {"a,b\n1,inf\n2,3\n", ", line 2: expected a finite number in column 'b', found 'inf'."},
      {"a,b\n1,1\n2,-Infinity\n", ", line 3: expected a finite number in column 'b', found '-Infinity'."},
      {"a,b\n1,1\n2,3.5e38\n",
       ", line 3: expected a number of at most 3.4e38 (float32) in column 'b', found '3.5e38'."},
      {"a,b\n1,1\n-1e999,2\n",
       ", line 3: expected a number of at most 3.4e38 (float32) in column 'a', found '-1e999'."},
  });
}

TEST_F(TableRefusal, CountsThatAreNone) {
  for (const char* cell : {"-1", "0.5", "1e-3"}) {
    TableQuery asked = query(fmt::format("a,b\n1,2\n3,{}\n", cell));
    asked.counts = true;
    EXPECT_TRUE(contains(refusal(asked), ", line 3: expected a count (0, 1, 2, ...) in column 'b', found ")) << cell;
  }
  TableQuery asked = query("a,b\n1,2\n3,\n");
  asked.counts = true;
  asked.missing = MissingPolicy::mean;
  EXPECT_TRUE(contains(refusal(asked), ": a mean is no count"));
}

TEST_F(TableRefusal, ColumnsOfOneValueAlone) {
  expect_refused({{"a,b\n1,2\n1,2\n", ": every column of features has one value in all rows."}});
}

TEST_F(TableRefusal, Gaps) {
  TableQuery asked = query("a,b,g\n1,2,x\n,,y\n5,NA,x\n");
  asked.label = "g";
  EXPECT_TRUE(contains(refusal(asked),
                       ": expected a value in every cell, found 3 without one, the first in line 3, column "
                       "'a'. Give --missing mean"))
      << refusal(asked);
  asked.label.clear();
  asked.factors = {"b", "g"};
  asked.missing = MissingPolicy::mean;
  EXPECT_TRUE(
      contains(refusal(asked), "found 2 without one, the first in line 3, column 'b'. A label or factor has no mean"))
      << refusal(asked);
  asked.missing = MissingPolicy::drop;
  EXPECT_TRUE(contains(refusal(asked), ": expected two rows or more, found one.")) << refusal(asked);
}

TEST_F(TableRefusal, GapsEverywhere) {
  TableQuery asked = query("a,b,c\n1,,9\n2,,8\n");
  asked.missing = MissingPolicy::drop;
  EXPECT_TRUE(contains(refusal(asked), ": every row has a cell without a value (2 in column 'b')")) << refusal(asked);
  asked.missing = MissingPolicy::mean;
  EXPECT_TRUE(contains(refusal(asked), ": the column 'b' has no value in any row of the sets")) << refusal(asked);
  TableQuery sets = query("a,b,g\n1,,r\n2,3,u\n4,5,u\n");
  sets.missing = MissingPolicy::drop;
  sets.reference_where = "g=r";
  EXPECT_TRUE(contains(refusal(sets), ": without the rows that lack a value, the reference set has none."))
      << refusal(sets);
}

TEST_F(TableRefusal, NamesOfRows) {
  TableQuery asked = query("id,a,b\nr,1,2\ns,3,4\nr,5,6\n");
  asked.name = "id";
  EXPECT_TRUE(contains(refusal(asked),
                       ": expected a name of its own for each row in column 'id', found 'r' in line 2 and in "
                       "line 4."))
      << refusal(asked);
  asked = query("id,a,b\nr,1,2\n,3,4\n");
  asked.name = "id";
  EXPECT_TRUE(contains(refusal(asked), "found none in line 3.")) << refusal(asked);
}

TEST_F(TableRefusal, ColumnsThatAreNotThere) {
  const TableQuery plain = query("condition,a,b\nx,1,2\ny,3,4\n");
  std::vector<TableQuery> asked(7, plain);
  asked[0].label = "conditon";
  asked[1].name = "conditon";
  asked[2].factors = {"conditon"};
  asked[3].ignore = {"conditon"};
  asked[4].columns = {"conditon"};
  asked[5].reference_where = "conditon=x";
  asked[6].unlabelled_where = "conditon=x";
  const Texts roles = {"which is to be the label",
                       "which is to name the rows",
                       "which is to be a factor",
                       "which is to be ignored",
                       "which is one of the features",
                       "which the condition 'conditon=x' names",
                       "which the condition 'conditon=x' names"};
  for (size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(refusal(asked[i]), ": there is no column 'conditon', " + roles[i] + ". The nearest is 'condition'.");
}

TEST_F(TableRefusal, NothingIsLeftToLearnFrom) {
  TableQuery asked = query("a,b\n1,2\n3,4\n");
  asked.ignore = {"a"};
  asked.label = "b";
  EXPECT_EQ(refusal(asked), ": expected columns of features, found that every column is named for something else.");
}

TEST_F(TableRefusal, FactorsThatAreNoNumbersToReckonWith) {
  TableQuery asked = query("a,f\n1,2\n3,inf\n");
  asked.factors = {"f"};
  EXPECT_EQ(refusal(asked),
            ": expected finite numbers of at most 3.4e38, or text, in the factor 'f', found 'inf' in line 3.");
}

// A column of identifiers that was given for a label or a factor.
TEST_F(TableRefusal, ColumnsOfTooManyTexts) {
  const auto table = [](int ids) {
    std::string text = "id,number,a\n";
    for (int i = 0; i < 1200; ++i) text += fmt::format("r{},{},{}\n", i % ids, i, i % 7);
    return text;
  };
  TableQuery asked = query(table(1001));
  asked.factors = {"id"};
  EXPECT_EQ(
      refusal(asked),
      ": expected at most 1000 different values in the factor 'id', found 1001; it is text, as 'r0' in line 2. If "
      "the column names the rows, give it with --name; if it is neither, leave it out with --ignore.");
  asked.factors.clear();
  asked.label = "id";
  EXPECT_TRUE(contains(refusal(asked), "different values in the label 'id', found 1001. If the column names the rows"));
  asked.label = "number";
  asked.ignore = {"id"};
  EXPECT_TRUE(contains(refusal(asked), "in the label 'number', found 1200."));
  asked.label.clear();
  asked.colours = {"id"};
  EXPECT_TRUE(contains(refusal(asked), "in the column to colour by, 'id', found 1001")) << refusal(asked);
  asked = query(table(1000));
  asked.label = "id";
  asked.factors = {"number"};
  EXPECT_EQ(read_table(asked).factors.at(0).values.size(), 1200U) << "a factor of numbers has any number of values";
}

TEST_F(TableRefusal, TextThatColoursIsNoFeature) {
  TableQuery asked = query("kind,a,b\nx,1,2\ny,3,4\n");
  asked.colours = {"kind"};
  EXPECT_TRUE(contains(refusal(asked), "A column of text that --colour names has to be left out with --ignore, too."))
      << refusal(asked);
  asked.ignore = {"kind"};
  EXPECT_EQ(read_table(asked).columns, (Texts{"a", "b"}));
  asked.colours = {"kimd"};
  EXPECT_TRUE(contains(refusal(asked), "there is no column 'kimd', which is to colour the rows. The nearest is 'kind'"))
      << refusal(asked);
}

TEST_F(TableRefusal, FilesThatAreNotThere) {
  TableQuery asked;
  asked.file = folder_ / "absent.csv";
  EXPECT_EQ(refusal(asked), ": there is no such file. Name the file of the table.");
  asked.file = folder_.path();
  EXPECT_EQ(refusal(asked), ": expected a file, found a folder. Name a file in it.");
}

TEST_F(TableRefusal, PackedFilesThatEndEarly) {
  const std::string packed = gzip("a,b\n1,2\n3,4\n");
  EXPECT_EQ(read_table(query(packed)).rows(), 2U);
  for (size_t size = 2; size < packed.size(); ++size)
    EXPECT_TRUE(contains(refusal(packed.substr(0, size)), ": its gzip stream is damaged or ends early")) << size;
  std::string changed = packed;
  changed[changed.size() - 6] = static_cast<char>(changed[changed.size() - 6] ^ 1);  // in the checksum
  EXPECT_TRUE(contains(refusal(changed), "after 12 bytes of text. Fetch or pack it again."));
}

TEST_F(TableRefusal, OtherKindsOfFiles) {
  const std::string zeros("\0\0\0", 3);
  expect_refused({
      {"PAR1" + zeros + "PAR1", ": expected CSV, TSV or an archive of NumPy (.npz), found Parquet. Export it as CSV."},
      {"\xd0\xcf\x11\xe0" + zeros, "found a workbook of Excel (.xls)"},
      {"\x89HDF\r\n\x1a\n" + zeros, "found HDF5 (.h5, .h5ad, .loom). Save its matrix with numpy.savez"},
      {"\x93NUMPY" + zeros, "found a single array of NumPy (.npy)"},
      {"\xff\xfe"
       "a" +
           zeros,
       "found text in UTF-16. Save it as 'CSV UTF-8'."},
      {"BZh91AY&SY" + zeros, "found a file packed by bzip2"},
      {"\xfd"
       "7zXZ" +
           zeros,
       "found a file packed by xz"},
      {"<!DOCTYPE html>", "found a web page or XML"},
      {"{\"a\": 1}", "found JSON"},
      {gzip("%%MatrixMarket matrix coordinate real general\n"), "found a sparse matrix (.mtx)"},
      {"a,b\n1," + zeros + "\n", ": expected text or an archive of NumPy (.npz), found binary data."},
      {testing_support::noise(7, 4096), "found binary data"},
      {"a,b\nGr\xf6\xdf"
       "e,2\n",
       ": expected text in UTF-8, found other bytes in line 2: 'Gr\\xf6\\xdfe,2'. Save it as"},
  });
  EXPECT_EQ(read_table(query("PAR1,PKM\n1,2\n3,4\n")).rows(), 2U) << "genes, not Parquet";
  EXPECT_EQ(read_table(query("PKM,gr\xc3\xb6\xc3\x9f"
                             "e\n1,2\n3,4\n"))
                .columns.at(1),
            "gr\xc3\xb6\xc3\x9f"
            "e");
}

TEST_F(TableRefusal, ValuesToFillInHaveToBeAsManyAsColumns) {
  TableQuery asked = query("a,b\n1,2\n3,4\n");
  asked.fill = {1};
  EXPECT_EQ(refusal(asked), ": expected a value to fill in for each of the 0 columns, found 1.");
}

}  // namespace
}  // namespace refract
