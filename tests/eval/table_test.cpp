#include "refract/eval/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"

namespace refract {
namespace {

MetricTable table() {
  return {"probe",
          "A title",
          "a unit",
          {"scale", "average"},
          {{"e", {0.0625, 0.07}}, {"z", {std::numeric_limits<double>::quiet_NaN(), 0.19}}},
          "A protocol."};
}

TEST(Table, JsonRoundTrip) {
  const Evaluation back = evaluation_from_json(to_json({table()}, 7000), "memory");
  EXPECT_EQ(back.step, 7000);
  ASSERT_EQ(back.tables.size(), 1U);
  const MetricTable& found = back.tables[0];
  EXPECT_EQ(found.metric, "probe");
  EXPECT_EQ(found.title, "A title");
  EXPECT_EQ(found.unit, "a unit");
  EXPECT_EQ(found.protocol, "A protocol.");
  EXPECT_EQ(found.columns, table().columns);
  ASSERT_EQ(found.rows.size(), 2U);
  EXPECT_EQ(found.rows[0].values, table().rows[0].values);
  EXPECT_TRUE(std::isnan(found.rows[1].values[0]));
}

TEST(Table, JsonHasTheJudgeOfSamplesWhereThereIsOne) {
  MetricTable judged = table();
  judged.judge = "0123";
  EXPECT_EQ(evaluation_from_json(to_json({judged}, 1), "memory").tables.at(0).judge, "0123");
  EXPECT_EQ(to_json({table()}, 1).find("judge"), std::string::npos);
}

TEST(Table, MissingValuesAreNull) {
  const auto json = nlohmann::json::parse(to_json({table()}, 1));
  EXPECT_TRUE(json["tables"][0]["rows"][1]["values"][0].is_null());
}

TEST(Table, DamagedJsonIsNamed) {
  for (const char* text : {"", "{", "[]", R"({"step": 1})", R"({"step": 1, "tables": [{"metric": 3}]})"}) {
    try {
      evaluation_from_json(text, "runs/a/evaluation.json");
      FAIL() << text;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("runs/a/evaluation.json"), std::string::npos);
    }
  }
}

TEST(Table, TextHasAlignedColumns) {
  EXPECT_EQ(to_text(table()),
            "A title (a unit)\n"
            "     scale  average\n"
            "e    0.062    0.070\n"
            "z        -    0.190\n"
            "A protocol.\n");
}

MetricTable spread() {
  MetricTable found = table();
  found.rows[0].spreads = {0.0125, 0.006};
  found.rows[1].spreads = {std::numeric_limits<double>::quiet_NaN(), 0.01};
  found.note = "Not distinguishable from chance: z.";
  return found;
}

TEST(Table, SpreadsStandBesideTheirValues) {
  EXPECT_EQ(to_text(spread()),
            "A title (a unit)\n"
            "           scale        average\n"
            "e  0.062 ± 0.013  0.070 ± 0.006\n"
            "z              -  0.190 ± 0.010\n"
            "A protocol.\n"
            "Not distinguishable from chance: z.\n");
}

TEST(Table, AWideTableHasSpreadsInTheLastColumnAlone) {
  MetricTable wide = spread();
  wide.columns.assign(8, "c");
  wide.rows = {{"e", std::vector<double>(8, 0.5), std::vector<double>(8, 0.25)}};
  const std::string text = to_text(wide);
  EXPECT_EQ(text.find("±"), text.rfind("±"));
  EXPECT_NE(text.find("0.500    0.500  0.500 ± 0.250\n"), std::string::npos) << text;
}

TEST(Table, SpreadsAndNotesArePartOfTheJson) {
  const MetricTable back = evaluation_from_json(to_json({spread()}, 1), "memory").tables.at(0);
  EXPECT_EQ(back.rows[0].spreads, spread().rows[0].spreads);
  EXPECT_TRUE(std::isnan(back.rows[1].spreads.at(0)));
  EXPECT_EQ(back.note, spread().note);
  const auto json = nlohmann::json::parse(to_json({table()}, 1));
  EXPECT_FALSE(json["tables"][0]["rows"][0].contains("spreads"));
  EXPECT_FALSE(json["tables"][0].contains("note"));
}

TEST(Table, JsonOfEarlierVersionsOpens) {
  const MetricTable back = evaluation_from_json(to_json({table()}, 1), "memory").tables.at(0);
  EXPECT_TRUE(back.rows[0].spreads.empty());
  EXPECT_EQ(back.note, "");
}

}  // namespace
}  // namespace refract
