// Runs as the commands start, resume and open them.
#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/machine.h"
#include "refract/train/manifest.h"
#include "tests/data/support.h"
#include "tests/train/support.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;

Outcome train(OpenedRun& opened, const std::atomic<bool>* stop = nullptr) {
  return refract::train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {{}, stop});
}

void replace_in(const fs::path& file, const std::string& what, const std::string& with) {
  std::string text = read_file(file);
  ASSERT_TRUE(contains(text, what)) << text;
  write_file(file, text.replace(text.find(what), what.size(), with));
}

TEST(StartRun, RefusesBeforeAnythingIsWritten) {
  const TempFolder folder;
  const auto refusal = [&](const KeyValues& changes) {
    return message_of<BadInput>([&] { start_run(folder / "run", tiny("rbvae", changes), ""); });
  };
  EXPECT_TRUE(contains(refusal({{"reference_images", "0"}}), "reference"));
  EXPECT_TRUE(contains(refusal({{"threads", "4096"}}), "Option threads: expected at most"));
  std::string many = "4";
  for (int i = 0; i < 1100; ++i) many += ",4";
  const std::string unreadable = refusal({{"dense_widths", many}});  // a run that nothing could open again
  EXPECT_TRUE(contains(unreadable, "dense_widths") && contains(unreadable, "1000 entries")) << unreadable;
  EXPECT_TRUE(fs::is_empty(folder.path()));
  fs::create_directory(folder / "run");
  EXPECT_TRUE(contains(refusal({}), "it exists already"));
}

TEST(StartRun, LowersABatchThatIsLargerThanASet) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("rbvae", {{"batch", "65"}}), "");  // 64 unlabelled, 48 reference
  EXPECT_EQ(started.settings->train.batch, 48);
  ASSERT_EQ(started.notes.size(), 1U);
  EXPECT_EQ(started.notes[0], "The batch is lowered from 65 to 48 examples: there are no more reference ones.");
  EXPECT_EQ(refract::Run::open(folder / "run").settings()->train.batch, 48) << "resuming takes the same";
  EXPECT_EQ(train(started), Outcome::finished);
  const OpenedRun without = start_run(folder / "other", tiny("vae", {{"batch", "65"}}), "");
  EXPECT_EQ(without.settings->train.batch, 64) << "a method without reference images takes no heed of them";
  EXPECT_TRUE(start_run(folder / "fitting", tiny("rbvae", {{"batch", "48"}}), "").notes.empty());
  const std::string message = message_of<BadInput>([&] {
    start_run(folder / "few", tiny("dipvae1", {{"batch", "8"}, {"unlabelled_images", "1"}}), "");
  });
  EXPECT_TRUE(contains(message, "there are 1 unlabelled examples. Add some")) << message;
}

TEST(OpenRun, NeedsACheckpointButResumingDoesNot) {
  const TempFolder folder;
  const auto options = KeyValues{{"steps", "3"}};
  const OpenedRun started = start_run(folder / "run", tiny("vae", options), "");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { open_run(folder / "run", true); }), "refract resume"));
  OpenedRun resumed = resume_run(folder / "run");
  EXPECT_EQ(resumed.checkpoint.step, 0);
  const auto& first = started.method->players().at(0)->parameters();
  const auto& second = resumed.method->players().at(0)->parameters();
  for (size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(at::equal(first[i].second, second[i].second)) << first[i].first;
  EXPECT_EQ(train(resumed), Outcome::finished);
}

// What a training is to be compared with, whatever was drawn in between.
TEST(OpenRun, GivesTheWeightsThatTrainingBeganWith) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("vae"), "");
  const Tensor images = started.data->examples(Split::unlabelled, {0, 1});
  const Tensor before = started.method->encode(images).at(0);
  train(started);
  const OpenedRun opened = open_run(folder / "run", false);
  EXPECT_TRUE(at::equal(opened.untrained()->encode(images).at(0), before));
  EXPECT_FALSE(at::equal(opened.method->encode(images).at(0), before));
}

TEST(OpenRun, GivesTheTrainedModelWithOrWithoutData) {
  const TempFolder folder;
  OpenedRun trained = start_run(folder / "run", tiny("vae"), "");
  train(trained);
  const Tensor images = trained.data->examples(Split::unlabelled, {0, 1});
  const Tensor codes = trained.method->encode(images).at(0);
  for (const bool with_data : {true, false}) {
    const OpenedRun opened = open_run(folder / "run", with_data);
    EXPECT_EQ(opened.data != nullptr, with_data);
    EXPECT_EQ(opened.checkpoint.step, 6);
    EXPECT_TRUE(opened.notes.empty());
    EXPECT_TRUE(at::equal(opened.method->encode(images).at(0), codes));
  }
}

TEST(ResumeRun, NotesWhatCostsBitIdentity) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("vae"), "");
  const std::atomic<bool> stop = true;
  train(started, &stop);
  EXPECT_TRUE(resume_run(folder / "run").notes.empty());
  replace_in(folder / "run/options.toml", "threads = 1", "threads = 2");
  const OpenedRun resumed = resume_run(folder / "run");
  ASSERT_EQ(resumed.notes.size(), 1);
  EXPECT_TRUE(contains(resumed.notes[0], "1 threads") && contains(resumed.notes[0], "with 2")) << resumed.notes[0];

  started.run.save(*started.method, {2, "vae", 2, "0.9"});
  ASSERT_EQ(resume_run(folder / "run").notes.size(), 1);
  EXPECT_TRUE(contains(resume_run(folder / "run").notes[0], "LibTorch 0.9"));
}

// As of a run that comes from a larger machine.
TEST(ResumeRun, TakesNoMoreThreadsThanMakeSense) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("vae", {{"steps", "1"}}), "");
  train(started);
  replace_in(folder / "run/options.toml", "threads = 1", "threads = 4096");
  const OpenedRun resumed = resume_run(folder / "run");
  ASSERT_EQ(resumed.notes.size(), 1U);
  EXPECT_TRUE(contains(resumed.notes[0], std::to_string(most_threads()))) << resumed.notes[0];
}

// A manifest had the channels and the size of square pictures, and options did not know dense networks.
TEST(OpenRun, OpensRunsOfBeforeThereWereSpaces) {
  const TempFolder folder;
  OpenedRun trained = start_run(folder / "run", tiny("vae"), "");
  train(trained);
  auto manifest = nlohmann::ordered_json::parse(read_file(folder / "run/manifest.json"));
  manifest["data"].erase("space");
  manifest["data"]["channels"] = 3;
  manifest["data"]["size"] = 16;
  write_file(folder / "run/manifest.json", manifest.dump(2) + "\n");
  replace_in(folder / "run/options.toml", "dense_widths = [256, 256]\n", "");
  replace_in(folder / "run/options.toml", "likelihood = \"auto\"", "likelihood = \"laplace\"");
  const OpenedRun opened = open_run(folder / "run", true);
  EXPECT_EQ(opened.method->space(), Space::square(3, 16));
  const Tensor images = opened.data->examples(Split::score, {0, 1});
  EXPECT_TRUE(at::equal(opened.method->encode(images).at(0), trained.method->encode(images).at(0)));
  EXPECT_TRUE(resume_run(folder / "run").notes.empty());
}

// Once, a sub-folder of fewer than ten images meant that there were no classes; the options did not know of it.
TEST(OpenRun, OpensRunsOfBeforeSmallFoldersWereClasses) {
  const TempFolder folder;
  for (const auto& [name, count] : std::map<std::string, int>{{"a", 12}, {"b", 12}, {"c", 3}})
    for (int i = 0; i < count; ++i)
      testing_support::write_picture(folder / fmt::format("photos/{}/{}.png", name, i), 16, 16, cv::Scalar(9.0 * i));
  auto settings = std::make_unique<Settings>("vae", "folders");
  settings->set({{"unlabelled", (folder / "photos").string()},
                 {"class_folders", "false"},
                 {"size", "16"},
                 {"widths", "4,4"},
                 {"latent", "4"},
                 {"batch", "4"},
                 {"steps", "2"},
                 {"threads", "1"}});
  OpenedRun trained = start_run(folder / "run", std::move(settings), "");
  train(trained);
  replace_in(folder / "run/options.toml", "class_folders = false\n", "");
  const OpenedRun opened = open_run(folder / "run", true);
  EXPECT_TRUE(opened.data->info().classes.empty());
  EXPECT_EQ(opened.data->count(Split::unlabelled), 27) << "nothing was held out";
  const Tensor images = opened.data->examples(Split::unlabelled, all_indices(27));
  EXPECT_TRUE(at::equal(images, trained.data->examples(Split::unlabelled, all_indices(27))));
  EXPECT_NO_THROW(resume_run(folder / "run"));
}

TEST(OpenRun, RefusesDataThatHasChanged) {
  const TempFolder folder;
  OpenedRun trained = start_run(folder / "run", tiny("vae"), "");
  train(trained);
  replace_in(folder / "run/manifest.json", "\"checksums\": {", "\"checksums\": {\"gone\": \"00\"");
  const std::string message = message_of<BadInput>([&] { resume_run(folder / "run"); });
  EXPECT_TRUE(contains(message, "embedded-digits") && contains(message, "manifest.json")) << message;
  EXPECT_EQ(message_of<BadInput>([&] { open_run(folder / "run", true); }), message);
  EXPECT_NO_THROW(open_run(folder / "run", false)) << "own images need no data set";
}

TEST(ResumeRun, RefusesImagesOfAnotherShape) {
  const TempFolder folder;
  start_run(folder / "run", tiny("vae"), "");
  replace_in(folder / "run/options.toml", "size = 16", "size = 32");
  const std::string message = message_of<BadInput>([&] { resume_run(folder / "run"); });
  EXPECT_TRUE(contains(message, "16") && contains(message, "32")) << message;
}

TEST(ResumeRun, RefusesWeightsOfOtherSizes) {
  const TempFolder folder;
  OpenedRun started = start_run(folder / "run", tiny("vae"), "");
  train(started);
  replace_in(folder / "run/options.toml", "latent = 4", "latent = 5");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { resume_run(folder / "run"); }), "shape"));
}

TEST(Train, SetsTheThreads) {
  const TempFolder folder;
  OpenedRun run = start_run(folder / "run", tiny("vae", {{"threads", "2"}, {"steps", "1"}}), "");
  train(run);
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_EQ(inspect_checkpoint(run.run.checkpoints().back()).threads, 2);
}

}  // namespace
}  // namespace refract
