// A study with parts: its plans, what is said of data sets that are not there, and its tables.
#include "app/study/study_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "refract/core/errors.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::Folder;
using testing_support::message_of;

Study small_part(const std::string& name, const std::string& data, const KeyValues& options) {
  Study part;
  part.name = name;
  part.data = data;
  part.metric = "leak";
  part.rows = {{"VAE", "vae", {}, "z", 1, {}, {}}};
  part.budgets = {{"minute", "a few steps", 4, options, {}}};
  return part;
}

Study digits_and_faces(const std::string& faces) {
  Study study;
  study.name = "both";
  study.parts = {small_part("digits", "embedded-digits", {{"size", "16"}}),
                 small_part("faces", "yaleb", {{"size", "16"}, {"yaleb_dir", faces}}),
                 small_part("more", "embedded-digits", {{"size", "16"}})};
  return study;
}

TEST(StudyParts, HaveFoldersAndShownNamesOfTheirOwn) {
  const Study study = digits_and_faces("none");
  const std::vector<StudyPlan> plans = plans_of(study, {.seeds = 2, .parts = {"more", "digits"}, .folder = "runs/x"});
  ASSERT_EQ(plans.size(), 2);
  EXPECT_EQ(plans[0].part, "digits") << "in the order of the study";
  EXPECT_EQ(plans[1].folder, std::filesystem::path("runs/x/more"));
  EXPECT_EQ(plans[1].shown(plans[1].first_jobs().front()), "more/vae-seed1");
  EXPECT_EQ(plans_of(study, {}).size(), 3);
  EXPECT_EQ(folder_of(study, {}), std::filesystem::path("runs/both-minute"));

  const std::vector<StudyPlan> alone = plans_of(study.parts.front(), {.folder = "runs/y"});
  ASSERT_EQ(alone.size(), 1);
  EXPECT_EQ(alone[0].folder, std::filesystem::path("runs/y"));
  EXPECT_EQ(alone[0].shown(alone[0].first_jobs().front()), "vae-seed1");
}

TEST(StudyParts, NamesThatDoNotExistAreRefused) {
  const Study study = digits_and_faces("none");
  const auto refusal = [](const Study& of, const StudyRequest& request) {
    return message_of<BadInput>([&] { plans_of(of, request); });
  };
  EXPECT_TRUE(contains(refusal(study, {.parts = {"digts"}}), "'digits'"));
  EXPECT_TRUE(contains(refusal(study, {.only = {"gan"}}), "'gan'"));
  EXPECT_TRUE(contains(refusal(study, {.budget = "minuet"}), "'minute'"));
  EXPECT_TRUE(contains(refusal(study, {.seeds = 0}), "--seeds"));
  EXPECT_TRUE(contains(refusal(study.parts.front(), {.parts = {"digits"}}), "no parts"));
}

TEST(StudyParts, DataSetsThatAreNotThereAreNamedWithTheWayToGoOn) {
  const Folder folder;
  const Study study = digits_and_faces(folder / "none");
  const auto refusal = [&](const StudyRequest& request) {
    std::vector<StudyPlan> plans = plans_of(study, request);
    return message_of<BadInput>([&] { find_data(study, plans); });
  };
  const std::string message = refusal({});
  EXPECT_TRUE(contains(message, "both: ")) << message;
  EXPECT_TRUE(contains(message, "faces: ")) << message;
  EXPECT_TRUE(contains(message, folder / "none")) << message;
  EXPECT_TRUE(contains(message, "YALEB_DIR")) << message;
  EXPECT_TRUE(contains(message, "--parts digits,more.")) << message;
  EXPECT_FALSE(contains(refusal({.parts = {"faces"}}), "--parts"));
  EXPECT_EQ(refusal({.parts = {"digits", "more"}}), "");

  std::vector<StudyPlan> plans = plans_of(study, {.parts = {"more"}});
  find_data(study, plans);
  ASSERT_TRUE(plans.front().data.has_value());
  EXPECT_EQ(plans.front().data->space.width(), 16);
}

TEST(StudyParts, TablesStandOneBelowTheOther) {
  const auto table = [](const std::string& title) {
    StudyTable one;
    one.title = title;
    one.unit = "share";
    one.columns = {"KL", "test error"};
    one.rows = {{"VAE", {NAN, .5}, {NAN, .25}, {}, 2, 0}};
    return one;
  };
  const Study study = digits_and_faces("none");
  const std::vector<PartTable> tables = {{"digits", table("Digits")}, {"faces", table("Faces")}};
  const std::string markdown = to_markdown(tables);
  EXPECT_TRUE(contains(markdown, "## digits\n\nDigits; share.")) << markdown;
  EXPECT_TRUE(contains(markdown, "| VAE | - | 0.500 ± 0.250 |  | 2 |")) << markdown;
  EXPECT_LT(markdown.find("Digits"), markdown.find("## faces"));
  EXPECT_TRUE(contains(to_text(tables), "faces\nFaces\n")) << to_text(tables);
  const Json found = to_json(study, tables);
  EXPECT_EQ(found["parts"].at(1)["part"], "faces");
  EXPECT_EQ(found["parts"].at(1)["rows"].at(0)["means"].at(1), .5);
  EXPECT_EQ(to_json(study.parts.front(), {{"", table("Digits")}}).dump(), to_json(table("Digits")).dump());
}

TEST(StudyParts, NothingIsLeftBehindWhereDataAreNotThere) {
  const Folder folder;
  const std::string none = folder / "none";
  testing_support::Process process(
      {"reproduce", "mathieu-table1", "--out", folder / "runs"},
      {{"LPC_SPRITES_DIR", none}, {"YALEB_DIR", none}, {"MNIST_DIR", none}, {"COIL20_DIR", none}});
  const testing_support::Ran ran = process.wait();
  EXPECT_EQ(ran.status, 2);
  for (const char* part : {"sprites: ", "yaleb: ", "mnist: ", "coil20: "})
    EXPECT_TRUE(contains(ran.err, part)) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "runs"));
}

// The values of the preset stand in one place; a part may give another rate.
TEST(StudyParts, RowsHaveThePresetsOptions) {
  const Study& study = refract::study("mathieu-table1");
  for (const StudyPlan& plan : plans_of(study, {.only = {"low-leak"}})) {
    const Job job = plan.first_jobs().front();
    const auto settings = settings_of(job);
    const Option& preset = settings->options.at("preset");
    ASSERT_EQ(preset.text(), "low-leak") << plan.part;
    ASSERT_FALSE(preset.presets.front().options.empty());
    for (const auto& [key, value] : preset.presets.front().options) {
      const bool given = std::ranges::any_of(job.options, [&, &name = key](const auto& p) { return p.first == name; });
      EXPECT_TRUE(given || settings->options.at(key).text() == value) << plan.part << ": " << key;
    }
  }
}

}  // namespace
}  // namespace refract
