// The command retrieve.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/core/files.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::answer;
using testing_support::example;
using testing_support::expect_starts;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

const std::string png_starts = "\x89PNG\r\n";

json retrieve(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"retrieve", tiny_run().string()};
  words.insert(words.end(), more.begin(), more.end());
  return answer(words);
}

// Of all neighbours that an answer lists.
std::set<std::string> all_of(const json& found, const char* field) {
  std::set<std::string> all;
  for (const json& line : found.at("neighbours")) all.insert(line.at(field).get<std::string>());
  return all;
}

std::vector<std::string> rows_of(const json& table) {
  std::vector<std::string> names;
  for (const json& row : table.at("rows")) names.push_back(row.at("name"));
  return names;
}

const std::vector<std::string> blocks_and_baselines = {"e", "z", "untrained encoder", "raw pixels", "random guess"};

void expect_no_query_found(const json& found) {
  for (const json& line : found.at("neighbours")) EXPECT_NE(line.at("query"), line.at("neighbour"));
}

TEST(RetrieveCommand, WithoutImagesItSearchesHeldOutOnesAsTheMetricDoes) {
  const Folder folder;
  const json found = retrieve({"--out", folder / "a.png"});
  expect_starts(folder / "a.png", png_starts);
  EXPECT_EQ(found.at("neighbours").size(), 8U * 2 * 8);
  EXPECT_EQ(all_of(found, "query").size(), 8U);
  EXPECT_EQ(all_of(found, "block"), (std::set<std::string>{"e", "z"}));
  expect_no_query_found(found);
  for (const std::string& query : all_of(found, "query")) EXPECT_EQ(query.find("score "), 0U) << query;

  const json measured = answer({"evaluate", tiny_run().string(), "--metrics", "retrieval"}).at("tables").at(0);
  EXPECT_EQ(found.at("tables"), json::array({measured}));
  EXPECT_EQ(measured.at("columns").at(0), "label @1");
  EXPECT_EQ(rows_of(measured), blocks_and_baselines);
}

TEST(RetrieveCommand, BlocksAndNumbersAreChosen) {
  const Folder folder;
  const json found =
      retrieve({"--block", "z", "--neighbours", "3", "--count", "2", "--seed", "4", "--out", folder / "a.png"});
  EXPECT_EQ(found.at("neighbours").size(), 2U * 3);
  EXPECT_EQ(all_of(found, "block"), std::set<std::string>{"z"});
  double before = 0;
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(found.at("neighbours").at(k).at("rank"), k + 1);
    EXPECT_GE(found.at("neighbours").at(k).at("distance").get<double>(), before);
    before = found.at("neighbours").at(k).at("distance").get<double>();
  }
}

TEST(RetrieveCommand, OwnImagesAreSearchedAmongOwnOrHeldOutOnes) {
  const Folder folder;
  const std::string all = (tiny_run() / "examples").string();
  const json own = retrieve({example(1), example(3), "--among", all, "--neighbours", "7", "--out", folder / "a.png"});
  EXPECT_EQ(own.at("neighbours").size(), 2U * 2 * 7);
  expect_no_query_found(own);
  EXPECT_EQ(all_of(own, "query"), (std::set<std::string>{example(1), example(3)}));
  EXPECT_EQ(own.at("tables").size(), 0U);

  // An example of the run is a picture of its data, too, and no neighbour of itself.
  const json held_out = retrieve({example(1), "--out", folder / "b.png"});
  EXPECT_EQ(all_of(held_out, "neighbour").count("score 1"), 0U);
  const json turned = retrieve({"--among", all, "--count", "3", "--neighbours", "2", "--out", folder / "c.png"});
  EXPECT_EQ(turned.at("neighbours").size(), 3U * 2 * 2);
}

TEST(RetrieveCommand, SubfoldersAreClassesToMeasure) {
  const Folder folder;
  for (int i = 1; i <= 8; ++i) {
    const std::string name = i % 2 == 0 ? "even" : "odd";
    std::filesystem::create_directories(folder / fmt::format("photos/{}", name));
    std::filesystem::copy_file(example(i), folder / fmt::format("photos/{}/{}.png", name, i));
  }
  const json found =
      retrieve({folder / "photos", "--among", folder / "photos", "--neighbours", "3", "--out", folder / "a.png"});
  expect_no_query_found(found);
  const json table = found.at("tables").at(0);
  EXPECT_EQ(table.at("columns"), json({"class @1", "class @5", "class @10"}));
  EXPECT_EQ(rows_of(table), blocks_and_baselines);
  EXPECT_NEAR(table.at("rows").back().at("values").at(0).get<double>(), 3.0 / 7, 1e-9);
  EXPECT_TRUE(table.at("rows").back().at("values").at(1).is_number());
  EXPECT_TRUE(table.at("rows").at(0).at("values").at(2).is_null()) << "seven candidates";
}

TEST(RetrieveCommand, WhatCannotBeFoundIsRefused) {
  const Folder folder;
  const auto refused = [&](const std::vector<std::string>& more, const std::string& named) {
    std::vector<std::string> words = {"retrieve", tiny_run().string()};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--out", folder / "a.png"});
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_NE(ran.err.find(named), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "a.png"));
  };
  refused({"--block", "y"}, "'y'");
  refused({"--neighbours", "900"}, "--neighbours");
  refused({example(1), "--among", example(1)}, "--among");
  refused({folder / "missing.png"}, "missing.png");
}

}  // namespace
}  // namespace refract
