// Codes as they are written and read back, and as other programs write them.
#include "app/cli/code_table.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <functional>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/npz_writer.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using Texts = std::vector<std::string>;

CodeTable three() {
  CodeTable table;
  table.blocks = {{"c", at::tensor({0.25F, 0.75F, 1.0F, 0.0F, 0.5F, 0.5F}).view({3, 2}), true},
                  {"z", at::tensor({1.5F, -2.0F, 1e-7F, 4.0F, 5.0F, 1.0F / 3}).view({3, 2})}};
  return table;
}

CodeTable of_files() {
  CodeTable table = three();
  table.files = {"a.png", "b, \"c\".png", "\xc3\xa9.png"};
  table.classes = {"happy", "sad, or so", "happy"};
  return table;
}

CodeTable of_factors() {
  CodeTable table = three();
  table.factor_names = {"size", "x, y"};
  table.factors = at::tensor({0.0, 0.25, 1.0, 0.5, 2.0, 0.75}).view({3, 2});
  return table;
}

void expect_same(const CodeTable& found, const CodeTable& expected) {
  ASSERT_EQ(found.blocks.size(), expected.blocks.size());
  for (size_t b = 0; b < found.blocks.size(); ++b) {
    EXPECT_EQ(found.blocks[b].name, expected.blocks[b].name);
    EXPECT_TRUE(found.blocks[b].codes.to(at::kFloat).equal(expected.blocks[b].codes)) << found.blocks[b].name;
    EXPECT_EQ(found.blocks[b].categorical, expected.blocks[b].categorical) << found.blocks[b].name;
  }
  EXPECT_EQ(found.files, expected.files);
  EXPECT_EQ(found.classes, expected.classes);
  EXPECT_EQ(found.factor_names, expected.factor_names);
  ASSERT_EQ(found.factors.defined(), expected.factors.defined());
  if (found.factors.defined()) {
    EXPECT_TRUE(at::allclose(found.factors, expected.factors.to(at::kDouble)));
  }
}

class CodeTables : public ::testing::Test {
 protected:
  std::filesystem::path written(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  CodeTable csv(const std::string& text) { return read_csv_codes(written("a.csv", text)); }
  CodeTable archive(const std::vector<NpzArray>& arrays) { return read_npz_codes(written("a.npz", npz(arrays))); }
  std::string refusal(const std::function<void()>& read) { return message_of<BadInput>(read); }

  TempFolder folder_;
};

TEST_F(CodeTables, CsvIsReadAsItWasWritten) {
  expect_same(csv(to_csv(of_files())), of_files());
  expect_same(csv(to_csv(of_factors())), of_factors());
}

// Names that a table's columns may have, and that mean something else in such a file.
TEST_F(CodeTables, FactorsWhoseNamesAreTakenComeBackFromCsv) {
  const std::vector<Texts> clashes = {{"class", "file"},      {"z_3", "z_1"},           {"dose_1", "dose_2"},
                                      {"factor:age", "size"}, {"factor:z_3", "z_3"},    {"z_4", "z_3"},
                                      {"class", "class_1"},   {"\"class\"", "factor_1"}};
  for (const Texts& names : clashes) {
    CodeTable table = of_factors();
    table.factor_names = names;
    expect_same(csv(to_csv(table)), table);
    table.files = of_files().files;
    table.classes = of_files().classes;
    expect_same(csv(to_csv(table)), table);
  }
  CodeTable table = of_factors();
  table.factor_names = {"class", "size_2"};
  const std::string text = to_csv(table);
  EXPECT_EQ(text.substr(0, text.find('\n')), "c_1,c_2,z_1,z_2,factor:class,size_2") << "no more prefixes than it takes";
}

TEST_F(CodeTables, ArchivesAreReadAsTheyWereWritten) {
  expect_same(read_npz_codes(written("a.npz", to_npz(of_files()))), of_files());
  // Without names of images there is `codes`, which leaves out the probabilities.
  CodeTable expected = of_factors();
  expected.blocks = {{"codes", of_factors().blocks[1].codes}};
  expect_same(read_npz_codes(written("a.npz", to_npz(of_factors()))), expected);
}

TEST_F(CodeTables, ClassesAreTheFactorsOfADataSetThatHasNoOthers) {
  CodeTable table = three();
  table.classes = {"three", "one", "three"};
  const CodeTable found = read_npz_codes(written("a.npz", to_npz(table)));
  EXPECT_EQ(found.factor_names, Texts{"class"});
  EXPECT_TRUE(found.factors.flatten().equal(at::tensor({1.0, 0.0, 1.0}, at::kDouble)));
  EXPECT_EQ(found.classes, table.classes);
}

TEST_F(CodeTables, ProbabilitiesAreNoPartOfTheCodesBesideOthers) {
  const CodeTable table = three();
  EXPECT_TRUE(joined_codes(table).equal(table.blocks[1].codes));
  EXPECT_TRUE(joined_codes({{table.blocks[0]}, {}, {}, {}, {}}).equal(table.blocks[0].codes));
  EXPECT_FALSE(are_probabilities(at::ones({5, 1})));  // a dead dimension
}

TEST_F(CodeTables, OneDimensionIsOneColumn) {
  const CodeTable found = archive({npz_array("codes", at::randn({5})), npz_array("factors", at::randn({5}))});
  EXPECT_EQ(found.blocks.at(0).codes.sizes(), (std::vector<int64_t>{5, 1}));
  EXPECT_EQ(found.factors.sizes(), (std::vector<int64_t>{5, 1}));
  EXPECT_EQ(found.factor_names, Texts{"factor 1"});
}

TEST_F(CodeTables, TextBecomesClassesAndNumbersInTextNumbers) {
  const CodeTable found =
      archive({npz_array("codes", at::randn({4})), npz_array("factors", Texts{"b", "a", "b", "c"})});
  EXPECT_TRUE(found.factors.flatten().equal(at::tensor({1.0, 0.0, 1.0, 2.0}, at::kDouble)));
  EXPECT_TRUE(numbers_of({"1.5", " 2", "-3e2", "+4"}).equal(at::tensor({1.5, 2.0, -300.0, 4.0}, at::kDouble)));
  EXPECT_TRUE(numbers_of({"1.5", "2 cm"}).equal(at::tensor({0.0, 1.0}, at::kDouble)));
}

TEST_F(CodeTables, CsvOfOtherProgramsIsRead) {
  const CodeTable found = csv(
      "\xef\xbb\xbfz_1,shape,z_2,\"x, y\",factor_1,size_2\r\n1,heart,2,0.5,7,8\r\n3,\"a \"\"b\"\"\",4,1,9,9\r\n\r\n");
  ASSERT_EQ(found.blocks.size(), 1U);
  EXPECT_TRUE(found.blocks[0].codes.equal(at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble).view({2, 2})));
  EXPECT_EQ(found.factor_names, (Texts{"shape", "x, y", "factor_1", "size_2"}));
  EXPECT_TRUE(found.factors.equal(at::tensor({1.0, 0.5, 7.0, 8.0, 0.0, 1.0, 9.0, 9.0}, at::kDouble).view({2, 4})));
}

TEST_F(CodeTables, WhatIsWrongInCsvIsNamedWithItsLine) {
  const auto said = [&](const std::string& text) { return refusal([&] { csv(text); }); };
  EXPECT_TRUE(contains(said("file,class\na,b\n"), "a.csv, line 1: expected names of columns"))
      << said("file,class\na,b\n");
  EXPECT_TRUE(contains(said("e_1,e_2\n1,2\n\n3\n"), "line 4: expected 2 cells")) << said("e_1,e_2\n1,2\n\n3\n");
  EXPECT_TRUE(contains(said("e_1,class\n1,a\n2,\n"), "line 3: expected a value in column class"));
  EXPECT_TRUE(contains(said("e_1\n1\nx\n"), "expected numbers in column e_1, found 'x'"));
  EXPECT_TRUE(contains(said("e_1,a\n1,\"x\ny\n"), "line 2: expected a quote")) << said("e_1,a\n1,\"x\ny\n");
  EXPECT_TRUE(contains(said(""), "expected names of columns"));
  EXPECT_TRUE(contains(said("e_1\n"), "expected lines of codes")) << said("e_1\n");
}

TEST_F(CodeTables, WhatIsWrongInAnArchiveIsNamed) {
  const NpzArray codes = npz_array("codes", at::randn({4, 2}));
  const auto said = [&](const std::vector<NpzArray>& arrays) { return refusal([&] { archive(arrays); }); };
  EXPECT_TRUE(contains(said({codes, npz_array("factors", at::randn({3, 2}))}), "[4, 2] and [3, 2]"));
  EXPECT_TRUE(contains(said({codes, npz_array("files", Texts{"a"})}), "[4, 2] and [1]"));
  EXPECT_TRUE(contains(said({npz_array("codes", at::randn({4, 2, 2}))}), "found [4, 2, 2]"));
  EXPECT_TRUE(contains(said({npz_array("images", at::randn({4, 2, 2})), npz_array("files", Texts{"a"})}),
                       "found images [4, 2, 2], files [1]"));
  EXPECT_TRUE(contains(said({npz_array("codes", Texts{"a", "b"})}), "expected little-endian real numbers, found text"));
}

// Arrays that are no rows of fractions are none of a model's blocks.
TEST_F(CodeTables, BlocksAreArraysOfFractions) {
  const CodeTable found = archive({npz_array("e", at::randn({4})), npz_array("images", at::randn({4, 1, 2, 2})),
                                   npz_array("z", at::randn({4, 3})), npz_array("names", Texts{"a", "b", "c", "d"})});
  ASSERT_EQ(found.blocks.size(), 2U);
  EXPECT_EQ(found.blocks[0].name, "e");
  EXPECT_EQ(found.blocks[1].codes.sizes(), (std::vector<int64_t>{4, 3}));
}

}  // namespace
}  // namespace refract
