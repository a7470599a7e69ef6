#include "refract/data/sets/yaleb.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "refract/core/errors.h"
#include "tests/data/paired_sets.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::gzip;
using testing_support::idx;
using testing_support::message_of;
using testing_support::pgm_file;
using testing_support::TempFolder;
using testing_support::write_bytes;
using testing_support::yaleb_file;
using testing_support::yaleb_files;

TEST(YaleBNames, TellPersonPoseAndLight) {
  const auto name = yaleb_name("yaleB12_P08A-035E+65.pgm");
  ASSERT_TRUE(name.has_value());
  if (!name) return;
  EXPECT_EQ(name->person, 12);
  EXPECT_EQ(name->pose, 8);
  EXPECT_EQ(name->azimuth, -35);
  EXPECT_EQ(name->elevation, 65);
  for (const char* other : {"yaleB12_P00_Ambient.pgm", "yaleB12_P00A-035E+65.pgm.bad", "yaleB12_P00A-035E+65.png",
                            "xyaleB12_P00A-035E+65.pgm", "yaleB12_P00.info", ""})
    EXPECT_FALSE(yaleb_name(other).has_value()) << other;
  const std::string beyond = message_of<BadInput>([] { static_cast<void>(yaleb_name("yaleB12_P00A-135E+65.pgm")); });
  EXPECT_TRUE(contains(beyond, "-135 and 65 in the name yaleB12_P00A-135E+65.pgm")) << beyond;
}

TEST(YaleBPeople, AreNumbersAndRanges) {
  EXPECT_EQ(people_in("1-3,7"), (std::set<int64_t>{1, 2, 3, 7}));
  EXPECT_EQ(people_in("39"), std::set<int64_t>{39});
  for (const char* wrong : {"", "a", "3-1", "1-", "-2", "1,,2", "1-2-3", "100"})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { people_in(wrong); }), "Option people")) << wrong;
}

// Person 11 under 16 lights, person 13 under 12, person 2 under 5.
class YaleBFolder : public testing::Test {
 protected:
  YaleBFolder() {
    yaleb_files(folder_ / "CroppedYale", {11}, 16);
    yaleb_files(folder_ / "CroppedYale", {13}, 12);
    yaleb_files(folder_ / "CroppedYale", {2}, 5);
    write_bytes(folder_ / "CroppedYale/yaleB11/yaleB11_P00_Ambient.pgm", "bad");
    write_bytes(folder_ / "CroppedYale/yaleB11/yaleB11_P00A+000E+90.pgm.bad", "bad");
  }
  [[nodiscard]] YaleBOptions options(const std::string& people = "11-39") const {
    YaleBOptions given;
    given.size = {7, 8};
    given.people = people;
    given.yaleb_dir = folder_.path().string();
    return given;
  }
  [[nodiscard]] std::string refusal(const YaleBOptions& given) const {
    return message_of<BadInput>([&] { make_yaleb(given); });
  }
  // The number of the light, which the gray level tells.
  static int64_t light_of(const DataSource& data, Split split, int64_t i) {
    return std::lround((data.examples(split, {i}).max().item<double>() + 1) * 127.5) - 100;
  }
  TempFolder folder_;
};

TEST_F(YaleBFolder, HoldsOutAnEighthOfEachPersonsLightsTwice) {
  const auto data = make_yaleb(options());
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"11", "13"}));
  EXPECT_EQ(data->info().attributes.at(0).name, "person");
  EXPECT_EQ(data->info().space.sizes, (std::vector<int64_t>{1, 8, 7}));
  const std::map<Split, std::vector<size_t>> expected = {
      {Split::unlabelled, {12, 8}}, {Split::fit, {2, 2}}, {Split::score, {2, 2}}};
  std::set<std::pair<int64_t, int64_t>> seen;
  for (const auto& [split, counts] : expected) {
    std::vector<size_t> found(2);
    for (int64_t i = 0; i < data->count(split); ++i) {
      const auto person = data->labels(split, {i})[0].item<int64_t>();
      EXPECT_EQ(data->attributes(split, {i})[0][0].item<int64_t>(), person);
      ++found.at(static_cast<size_t>(person));
      EXPECT_TRUE(seen.insert({person, light_of(*data, split, i)}).second);
    }
    EXPECT_EQ(found, counts) << name_of(split);
  }
  EXPECT_EQ(seen.size(), 28U);
}

TEST_F(YaleBFolder, LightsAreDrawnForEachPersonByTheSeed) {
  yaleb_files(folder_ / "CroppedYale", {21, 22}, 16);
  const auto held_out = [&](const YaleBOptions& given) {
    const auto data = make_yaleb(given);
    std::map<std::string, std::set<int64_t>> lights;
    for (int64_t i = 0; i < data->count(Split::score); ++i)
      lights[data->info().classes.at(static_cast<size_t>(data->labels(Split::score, {i})[0].item<int64_t>()))].insert(
          light_of(*data, Split::score, i));
    return lights;
  };
  YaleBOptions given = options();
  const auto all = held_out(given);
  EXPECT_FALSE(all.at("11") == all.at("21") && all.at("21") == all.at("22"));
  EXPECT_EQ(held_out(options("21")).at("21"), all.at("21")) << "whoever else is there";
  given.data_seed = 2;
  EXPECT_NE(held_out(given), all);
}

TEST_F(YaleBFolder, FactorsAreTheLightAndThePoseWhereItVaries) {
  YaleBOptions given = options("2");
  const auto one_pose = make_yaleb(given);
  EXPECT_EQ(one_pose->info().factors, (std::vector<std::string>{"azimuth", "elevation"}));
  // Lights at azimuth 0, 5, 10, 15 and 20, elevation 10.
  const int64_t light = light_of(*one_pose, Split::unlabelled, 1);
  EXPECT_TRUE(at::allclose(one_pose->factors(Split::unlabelled, {1})[0],
                           at::tensor({static_cast<float>(5 * light + 130) / 260.F, 50.F / 130.F})));
  write_bytes(folder_ / yaleb_file(2, 130, 90, 3), pgm_file(7, 8, 50, 0));
  const auto poses = make_yaleb(given);
  EXPECT_EQ(poses->info().factors.size(), 3U);
  EXPECT_EQ(poses->info().factor_sizes, (std::vector<int64_t>{0, 0, 4}));
}

TEST_F(YaleBFolder, AllPosesOfALightStayTogether) {
  for (int pose = 1; pose < 4; ++pose)
    for (int k = 0; k < 16; ++k) write_bytes(folder_ / yaleb_file(11, 5 * k, 10, pose), pgm_file(7, 8, 100 + k, pose));
  const auto data = make_yaleb(options("11"));
  std::map<int64_t, std::set<Split>> splits;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score})
    for (int64_t i = 0; i < data->count(split); ++i) splits[light_of(*data, split, i)].insert(split);
  EXPECT_EQ(splits.size(), 16U);
  for (const auto& [light, its] : splits) EXPECT_EQ(its.size(), 1U) << light;
  EXPECT_EQ(data->count(Split::score), 8);
}

TEST_F(YaleBFolder, AnIdxFileIsTheSame) {
  const TempFolder packed;
  std::string pixels, rows = "index,label,path\n";
  int count = 0;
  for (const auto& [person, lights] : std::map<int, int>{{2, 5}, {11, 16}, {13, 12}})
    for (int k = 0; k < lights; ++k, ++count) {
      pixels += pgm_file(7, 8, 100 + k, person).substr(11);
      rows += fmt::format("{},0,{}\n", count, yaleb_file(person, 5 * k, 10));
    }
  write_bytes(packed / "images.idx.gz", gzip(idx(0x803, {33, 8, 7}, pixels)));
  write_bytes(packed / "labels.csv", rows);
  YaleBOptions given = options();
  for (const PictureSize size : {PictureSize{7, 8}, PictureSize{12, 12}}) {
    given.size = size;
    given.yaleb_dir = folder_.path().string();
    const auto files = make_yaleb(given);
    given.yaleb_dir = packed.path().string();
    const auto data = make_yaleb(given);
    EXPECT_EQ(data->info().checksums.size(), 2U);
    for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
      const Indices all = all_indices(files->count(split));
      ASSERT_EQ(data->count(split), files->count(split));
      EXPECT_TRUE(at::equal(data->examples(split, all), files->examples(split, all)));
      EXPECT_TRUE(at::equal(data->factors(split, all), files->factors(split, all)));
    }
  }
  write_bytes(packed / "labels.csv", "index,label\n");
  EXPECT_TRUE(contains(refusal(given), "columns path")) << refusal(given);
  write_bytes(packed / "labels.csv", "path\nyaleB11_P00A+000E+00.pgm\n");
  EXPECT_TRUE(contains(refusal(given), "33 images, but labels.csv has 1 rows")) << refusal(given);
}

TEST_F(YaleBFolder, UnseenPeopleAreHeldOutWhole) {
  yaleb_files(folder_ / "CroppedYale", {21, 22}, 9);
  YaleBOptions given = options("11-22");
  given.unseen_people = 2;
  const auto data = make_yaleb(given);
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"11", "13", "21", "22"}));
  const std::vector<std::string> seen = data->info().attributes.at(0).values;
  ASSERT_EQ(seen.size(), 2U);
  for (const std::string& person : data->info().classes)
    EXPECT_NE(contains(data->info().note, person), std::find(seen.begin(), seen.end(), person) != seen.end()) << person;
  std::map<std::string, std::set<int64_t>> lights;
  std::map<std::string, std::set<Split>> splits;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score})
    for (int64_t i = 0; i < data->count(split); ++i) {
      const std::string person =
          data->info().classes.at(static_cast<size_t>(data->labels(split, {i})[0].item<int64_t>()));
      EXPECT_TRUE(lights[person].insert(light_of(*data, split, i)).second) << person;
      splits[person].insert(split);
      const auto attribute = data->attributes(split, {i})[0][0].item<int64_t>();
      EXPECT_EQ(attribute < 0 ? "" : seen.at(static_cast<size_t>(attribute)), split == Split::unlabelled ? person : "");
    }
  for (const auto& [person, its] : splits) {
    const bool is_seen = std::find(seen.begin(), seen.end(), person) != seen.end();
    EXPECT_EQ(its, is_seen ? std::set<Split>{Split::unlabelled} : (std::set<Split>{Split::fit, Split::score}))
        << person;
    EXPECT_EQ(lights[person].size(), person == "11" ? 16U : person == "13" ? 12U : 9U) << person;
  }
  EXPECT_NEAR(static_cast<double>(data->count(Split::fit)), static_cast<double>(data->count(Split::score)), 2);
}

TEST_F(YaleBFolder, WhoIsUnseenIsDrawnByTheSeedAndSomebodyTrains) {
  for (const int person : {21, 22, 23, 24, 25, 26}) yaleb_files(folder_ / "CroppedYale", {person}, 2);
  YaleBOptions given = options("11-39");
  given.unseen_people = 4;
  std::set<std::vector<std::string>> drawn;
  for (given.data_seed = 1; given.data_seed < 5; ++given.data_seed)
    drawn.insert(make_yaleb(given)->info().attributes.at(0).values);
  EXPECT_GT(drawn.size(), 1U);
  given.unseen_people = 8;
  EXPECT_TRUE(contains(refusal(given), "unseen_people is 8, and of the people wanted 8 are there")) << refusal(given);
}

TEST_F(YaleBFolder, WhatIsNotThereIsASentence) {
  EXPECT_TRUE(contains(refusal(options("30-39")), "people 30-39") && contains(refusal(options("30")), "--yaleb_dir"));
  write_bytes(folder_ / yaleb_file(11, 0, 10), pgm_file(7, 8, 1, 0));
  EXPECT_TRUE(contains(refusal(options()), "is there twice")) << refusal(options());
}

TEST(RealYaleB, HasThePeopleOfThePaper) {
  if (std::getenv("YALEB_DIR") == nullptr) GTEST_SKIP() << "YALEB_DIR is not set";
  const auto data = make_yaleb({});
  EXPECT_EQ(data->info().classes.size(), 28U);
  EXPECT_EQ(data->count(Split::unlabelled) + data->count(Split::fit) + data->count(Split::score), 1774);
  EXPECT_EQ(data->count(Split::fit), data->count(Split::score));
}

}  // namespace
}  // namespace refract
