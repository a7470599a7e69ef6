#include "refract/data/files/table_condition.h"

#include <gtest/gtest.h>

#include "tests/data/tables.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

const std::string four_people =
    "sex,age,city or town,x\n"
    "f,30,Bonn,1\n"
    "m,7,\"Wells and Bath\",2\n"
    "f,,Ulm,3\n"
    "m,007,NA,4\n";

class TableCondition : public testing_support::TableFiles {
 protected:
  // The rows of `four_people` that meet the condition, from 1.
  std::string rows(const std::string& condition) {
    const Table table = read_table(of(condition));
    std::string met;
    for (size_t i = 0; i < table.rows(); ++i)
      if (table.in_reference[i]) met += std::to_string(i + 1);
    return met;
  }
  TableQuery of(const std::string& condition) {
    TableQuery asked = query(four_people);
    asked.ignore = {"sex", "age", "city or town"};
    asked.reference_where = condition;
    return asked;
  }
};

TEST_F(TableCondition, ComparesTextAndNumbers) {
  const std::vector<std::pair<std::string, std::string>> conditions = {
      {"sex=f", "13"},
      {" sex == 'f' ", "13"},
      {"sex!=f", "24"},
      {"\"sex\"=\"f\"", "13"},
      {"age=7", "24"},
      {"age=7.0", "24"},
      {"age!=7", "1"},
      {"age<30", "24"},
      {"age<=30", "124"},
      {"age>7", "1"},
      {"age >= 7", "124"},
      {"city or town=Ulm", "3"},
      {"city or town='Wells and Bath'", "2"},
      {"sex=f and age>7", "1"},
      {"sex=m and age=7 and city or town='Wells and Bath'", "2"},
      {"age=''", "3"},
      {"age!=''", "124"},
      {"city or town=NA", "4"},
      {"city or town!=NA", "123"},
      {"city or town!=Ulm", "12"},
  };
  for (const auto& [condition, met] : conditions) EXPECT_EQ(rows(condition), met) << condition;
}

TEST_F(TableCondition, CellsWithoutAValueAreTold) {
  const Table table = read_table(of("age>0"));
  EXPECT_EQ(table.notes.at(0), "1 of 4 rows have no value for the condition 'age>0', and so do not meet it.");
  EXPECT_TRUE(read_table(of("age=''")).notes.empty());
}

TEST_F(TableCondition, ColumnsOfConditionsAreNoFeatures) {
  TableQuery asked = query("x,y,z\n1,2,3\n4,5,6\n");
  asked.reference_where = "x=1";
  asked.unlabelled_where = "y=5";
  EXPECT_EQ(read_table(asked).columns, testing_support::Texts{"z"});
}

TEST_F(TableCondition, WhatCannotBeReadIsRefused) {
  const std::vector<std::pair<std::string, std::string>> conditions = {
      {"sex", "expected one of =, !=, <, <=, > and >= behind the name of a column"},
      {"sex!f", "expected one of ="},
      {"=f", "expected the name of a column"},
      {"sex=", "expected a value behind =, or \"\" for none"},
      {"age<=old", "expected a number behind <="},
      {"age<NA", "expected a number behind <"},
      {"sex=f and ", "expected the name of a column"},
      {"sex='f", "expected a second quote"},
      {"sex='f'x", "expected ' and ' behind a value in quotes"},
      {"sex='f' or sex=m", "expected ' and ' behind a value in quotes"},
  };
  for (const auto& [condition, part] : conditions) {
    const std::string said = message_of<BadInput>([&] { read_table(of(condition)); });
    EXPECT_TRUE(contains(said, "Reading --reference-where '" + condition + "': " + part)) << said;
  }
}

TEST_F(TableCondition, ConditionsWithoutARowListValues) {
  EXPECT_EQ(
      refusal(of("sex=female")),
      ": no row meets the condition 'sex=female': the column 'sex' has the values 'f', 'm'. Name one that is there.");
  EXPECT_EQ(refusal(of("sex=f and age<8")),
            ": no row meets all of the condition 'sex=f and age<8', though some meet each part of it.");
  std::string many = "a,b\n";
  for (int i = 0; i < 11; ++i) many += fmt::format("v{},{}\n", i, i);
  TableQuery asked = query(many);
  asked.reference_where = "a=w";
  EXPECT_TRUE(contains(refusal(asked), "'v6', 'v7' and 3 more.")) << refusal(asked);
}

TEST_F(TableCondition, TextIsNotComparedAsNumbers) {
  EXPECT_TRUE(contains(refusal(of("sex>1")),
                       ": expected numbers in column 'sex', which the condition 'sex>1' compares, "
                       "found 'f' in line 2."))
      << refusal(of("sex>1"));
}

TEST_F(TableCondition, SetsShareNoRowUnlessThatIsAskedFor) {
  TableQuery asked = of("sex=f");
  asked.unlabelled_where = "age>0";
  EXPECT_TRUE(contains(refusal(asked),
                       ": expected each row in one set, found 1 of 4 rows that meet both "
                       "--reference-where 'sex=f' and --unlabelled-where 'age>0'."))
      << refusal(asked);
  asked.overlap = true;
  EXPECT_EQ(read_table(asked).in_unlabelled, (std::vector<bool>{true, true, false, true}));
}

TEST_F(TableCondition, SomeRowIsNoReference) {
  EXPECT_TRUE(contains(refusal(of("sex!=x")), ": every row meets --reference-where 'sex!=x', so that no row is left"));
}

}  // namespace
}  // namespace refract
