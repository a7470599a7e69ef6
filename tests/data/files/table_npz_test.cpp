// Tables in archives of NumPy.
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <limits>

#include "refract/core/npz_writer.h"
#include "tests/data/tables.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::Floats;
using testing_support::Texts;

class TableNpz : public testing_support::TableFiles {
 protected:
  TableQuery of(const std::vector<NpzArray>& arrays) { return query(npz(arrays), "t.npz"); }
};

const Tensor six_numbers = at::tensor({1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F});

// An array whose values are these bytes, of a type and a shape as NumPy writes them.
NpzArray raw_array(const std::string& name, const std::string& type, const std::string& shape,
                   const std::string& values, bool column_major = false) {
  const std::string text = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", type,
                                       column_major ? "True" : "False", shape);
  return {name, std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text + values};
}

template <class Number>
std::string number_bytes(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

TEST_F(TableNpz, HasColumnsNamesAndFurtherArrays) {
  TableQuery asked = of({npz_array("data", six_numbers.view({3, 2})), npz_array("columns", Texts{"a", "b"}),
                         npz_array("obs_names", Texts{"r", "s", "t"}), npz_array("kind", Texts{"u", "v", "u"}),
                         npz_array("dose", at::tensor({0.5F, 0.0F, 2.0F}))});
  asked.label = "kind";
  asked.factors = {"dose"};
  asked.reference_where = "dose=0";
  const Table table = read_table(asked);
  EXPECT_EQ(table.columns, (Texts{"a", "b"}));
  EXPECT_EQ(table.values, (Floats{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(table.names, (Texts{"r", "s", "t"}));
  EXPECT_EQ(table.labels, (Texts{"u", "v", "u"}));
  EXPECT_EQ(table.factors.at(0).values, (std::vector<double>{0.5, 0, 2}));
  EXPECT_EQ(table.in_reference, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(table.sha256, sha256(read_file(asked.file)));
  EXPECT_TRUE(table.notes.empty());
}

TEST_F(TableNpz, TakesTheArrayThatIsATable) {
  EXPECT_EQ(read_table(of({npz_array("arr_0", six_numbers.view({2, 3}))})).columns, (Texts{"x1", "x2", "x3"}));
  EXPECT_EQ(
      read_table(of({npz_array("other", six_numbers.view({1, 6})), npz_array("X", six_numbers.view({2, 3}))})).rows(),
      2U);
  const Table table = read_table(of({npz_array("x", six_numbers.view({2, 3})), npz_array("data", six_numbers)}));
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.notes.at(0), "Arrays of the archive that are no columns of 2 rows were left out: 'data' [6].");
}

TEST_F(TableNpz, ArraysBesideTheDataAreColumns) {
  const auto arrays = {npz_array("data", six_numbers.view({2, 3})), npz_array("y", at::tensor({7.0F, 8.0F}))};
  const Table table = read_table(of(arrays));
  EXPECT_EQ(table.columns, (Texts{"x1", "x2", "x3", "y"}));
  EXPECT_EQ(table.values, (Floats{1, 2, 3, 7, 4, 5, 6, 8}));
  EXPECT_TRUE(contains(table.notes.at(0), "These arrays count as columns of features: 'y'.")) << table.notes.at(0);
  TableQuery asked = of(arrays);
  asked.factors = {"x2"};
  asked.label = "y";
  EXPECT_EQ(read_table(asked).columns, (Texts{"x1", "x3"}));
  EXPECT_EQ(read_table(asked).factors.at(0).values, (std::vector<double>{2, 5}));
  EXPECT_EQ(read_table(asked).labels, (Texts{"7", "8"}));
}

TEST_F(TableNpz, NumbersMayBeOfAnyType) {
  const std::vector<NpzArray> arrays = {
      raw_array("data", "<i2", "(2, 2)", number_bytes<int16_t>({1, -2, 3, 4})),
      raw_array("data", "<f8", "(2, 2)", number_bytes<double>({1, -2, 3, 4})),
      raw_array("data", "<f8", "(2, 2)", number_bytes<double>({1, 3, -2, 4}), true),
      raw_array("data", "<i8", "(2, 2)", number_bytes<int64_t>({1, -2, 3, 4})),
  };
  for (const NpzArray& array : arrays) EXPECT_EQ(read_table(of({array})).values, (Floats{1, -2, 3, 4}));
}

TEST_F(TableNpz, GapsAreNaN) {
  const float gap = std::numeric_limits<float>::quiet_NaN();
  TableQuery asked = of({npz_array("data", at::tensor({1.0F, 2.0F, gap, 4.0F, 5.0F, 6.0F}).view({3, 2}))});
  EXPECT_TRUE(contains(refusal(asked),
                       ": expected a value in every cell, found 1 without one, the first in row 2, column "
                       "'x1'."));
  asked.missing = MissingPolicy::mean;
  EXPECT_EQ(read_table(asked).values, (Floats{1, 2, 3, 4, 5, 6}));
  asked.missing = MissingPolicy::drop;
  EXPECT_EQ(read_table(asked).values, (Floats{1, 2, 5, 6}));
}

TEST_F(TableNpz, NumbersOutOfRangeAreRefused) {
  const auto said = [&](double value) {
    return refusal(of({raw_array("data", "<f8", "(2, 2)", number_bytes<double>({1, 2, value, 4}))}));
  };
  EXPECT_TRUE(
      contains(said(std::numeric_limits<double>::infinity()), ", row 2: expected a finite number in column 'x1'"));
  EXPECT_TRUE(
      contains(said(-1e39), ", row 2: expected a number of at most 3.4e38 (float32) in column 'x1', found '-1e+39'"));
  TableQuery asked = of({npz_array("data", at::tensor({1.0F, 2.0F, 3.0F, -4.0F}).view({2, 2}))});
  asked.counts = true;
  EXPECT_TRUE(contains(refusal(asked), ", row 2: expected a count (0, 1, 2, ...) in column 'x2', found -4."));
}

TEST_F(TableNpz, ArraysThatMakeNoTableAreRefused) {
  const NpzArray data = npz_array("data", six_numbers.view({2, 3}));
  EXPECT_EQ(refusal(of({npz_array("a", six_numbers), npz_array("t", Texts{"u"})})),
            ": expected an array `data` [N, D] of numbers, N rows and D columns, found 'a' [6], 't' [1] of text.");
  EXPECT_TRUE(
      contains(refusal(of({npz_array("a", six_numbers.view({2, 3})), npz_array("b", six_numbers.view({2, 3}))})),
               "found 'a' [2, 3], 'b' [2, 3]."));
  EXPECT_EQ(refusal(of({data, npz_array("columns", Texts{"a", "b"})})),
            ": expected a name for each of the 3 columns of 'data' in 'columns', found 2.");
  EXPECT_TRUE(contains(refusal(of({data, npz_array("columns", Texts{"a", "b", "a"})})),
                       "found 'a' as column 1 and as "
                       "column 3."));
  EXPECT_TRUE(contains(
      refusal(of({data, raw_array("columns", "|O", "(3,)", "pickled")})),
      ": expected texts, found the array 'columns' [3] of Python objects. Save numpy.asarray(array, dtype=str) "
      "instead."));
  EXPECT_TRUE(contains(refusal(of({data, npz_array("kind", Texts{"u", "v"})})),
                       "found text in one: 'kind' ('u' in row 1, 2 "
                       "cells)"));
  EXPECT_TRUE(
      contains(refusal(of({npz_array("data", six_numbers.view({1, 6}))})), ": expected two rows or more, found one."));
  EXPECT_TRUE(contains(refusal(of({npz_array("data", six_numbers.narrow(0, 0, 0).view({0, 3}))})), ": expected rows"));
}

TEST_F(TableNpz, ObjectsAreRefusedWhereAQueryNamesThem) {
  const auto arrays = {npz_array("data", six_numbers.view({2, 3})), raw_array("kind", "|O", "(2,)", "pickled")};
  EXPECT_EQ(read_table(of(arrays)).notes.size(), 1U);
  TableQuery asked = of(arrays);
  asked.label = "kind";
  EXPECT_TRUE(contains(refusal(asked),
                       ": expected numbers or text, found the array 'kind' [2] of Python objects. Save texts as "
                       "numpy.asarray(array, dtype=str)"))
      << refusal(asked);
}

// As of pandas, which nobody has to convert to leave it out.
TEST_F(TableNpz, ObjectsMayBeIgnoredAndNameNoRows) {
  const auto arrays = {npz_array("data", six_numbers.view({2, 3})), raw_array("obs_names", "|O", "(2,)", "pickled"),
                       raw_array("kind", "|O", "(2,)", "pickled")};
  TableQuery asked = of(arrays);
  asked.ignore = {"kind"};
  const Table table = read_table(asked);
  EXPECT_TRUE(table.names.empty());
  ASSERT_EQ(table.notes.size(), 1U);
  EXPECT_TRUE(contains(table.notes[0], "left out: 'obs_names' [2] of Python objects.")) << table.notes[0];
  asked.ignore.clear();
  asked.reference_where = "kind=u";
  EXPECT_TRUE(contains(refusal(asked), "found the array 'kind' [2] of Python objects.")) << refusal(asked);
  asked = of(arrays);
  asked.name = "obs_names";
  EXPECT_TRUE(contains(refusal(asked), "found the array 'obs_names' [2] of Python objects.")) << refusal(asked);
}

TEST_F(TableNpz, WhatCannotBeReadIsNamedWithWhatToDo) {
  const std::string numbers(48, '\0');
  const auto said = [&](const std::string& type) { return refusal(of({raw_array("data", type, "(2, 3)", numbers)})); };
  for (const auto& [type, part] : std::vector<std::pair<std::string, std::string>>{
           {">f8", "found 'data' [2, 3] of big-endian values. Save array.astype(array.dtype.newbyteorder('<'))"},
           {"|O", "found 'data' [2, 3] of Python objects. Save texts as numpy.asarray(array, dtype=str)"},
           {"<c8", "found 'data' [2, 3] of complex numbers. Save its real"},
           {"<M8[s]", "found 'data' [2, 3] of dates or times. Save array.astype(float)"},
           {"<f16", "found 'data' [2, 3] of values of NumPy's type '<f16'. Save array.astype(float)"}})
    EXPECT_TRUE(contains(said(type), part)) << said(type);
  TableQuery asked =
      of({npz_array("data", six_numbers.view({2, 3})), raw_array("dose", ">f4", "(2,)", number_bytes<float>({1, 2}))});
  asked.factors = {"dose"};
  EXPECT_TRUE(contains(refusal(asked), "found the array 'dose' [2] of big-endian values. Save array.astype("))
      << refusal(asked);
}

TEST_F(TableNpz, NamesThatComeTwiceNameNoRows) {
  TableQuery asked = of({npz_array("data", six_numbers.view({2, 3})), npz_array("rows", Texts{"r", "r"})});
  EXPECT_TRUE(read_table(asked).names.empty());
  EXPECT_EQ(read_table(asked).notes.at(0), "Rows are not named: rows has 'r' in row 1 and in row 2.");
  asked.name = "rows";
  EXPECT_TRUE(contains(refusal(asked), "found 'r' in row 1 and in row 2."));
}

TEST_F(TableNpz, SpreadsheetsAndDamageAreRefused) {
  const std::filesystem::path file = folder_ / "book.xlsx";
  int code = 0;
  zip_t* book = zip_open(file.c_str(), ZIP_CREATE, &code);
  const std::string sheet = "<worksheet/>";
  zip_file_add(book, "xl/worksheets/sheet1.xml", zip_source_buffer(book, sheet.data(), sheet.size(), 0), 0);
  ASSERT_EQ(zip_close(book), 0);
  TableQuery asked;
  asked.file = file;
  EXPECT_TRUE(
      contains(refusal(asked), "found a ZIP archive of other files. Export a spreadsheet (.xlsx, .ods) as CSV"));

  const std::string good = npz({npz_array("data", six_numbers.view({2, 3}))});
  for (const size_t size : {good.size() / 4, good.size() / 2, good.size() - 1})
    EXPECT_THROW(read_table(query(good.substr(0, size))), BadInput) << size;
}

}  // namespace
}  // namespace refract
