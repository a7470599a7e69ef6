#include "refract/train/settings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/machine.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

TEST(TrainOptions, HasTheNamesThatCommandsPromise) {
  TrainOptions options;
  const Options described = options.describe();
  std::vector<std::string> names;
  for (const Option& option : described.all()) names.push_back(option.name);
  EXPECT_EQ(names, (std::vector<std::string>{"steps", "epochs", "batch", "seed", "threads", "device", "decay",
                                             "checkpoint_minutes", "log_every"}));
}

TEST(TrainOptions, ThreadsOfZeroTakeAllCores) {
  TrainOptions options;
  EXPECT_GE(thread_count(options), 1);
  options.threads = 3;
  EXPECT_EQ(thread_count(options), 3);
}

TEST(TrainOptions, CudaIsRefusedWhereThereIsNone) {
  if (at::hasCUDA()) GTEST_SKIP() << "this machine has CUDA";
  TrainOptions options;
  options.device = "auto";
  EXPECT_TRUE(device_of(options).is_cpu());
  options.device = "cuda";
  EXPECT_TRUE(contains(message_of<BadInput>([&] { (void)device_of(options); }), "device=cpu"));
}

TEST(Settings, OneFlatListReachesAllThreeParts) {
  Settings settings("vae", "embedded-digits");
  settings.set({{"steps", "7"}, {"learning_rate", "0.5"}, {"size", "32"}});
  EXPECT_EQ(settings.train.steps, 7);
  EXPECT_EQ(settings.method_recipe.options.at("learning_rate").text(), "0.5");
  EXPECT_EQ(settings.data_recipe.make()->info().space.width(), 32);
}

TEST(Settings, BadPairsAreRefusedWithTheReason) {
  Settings settings("vae", "embedded-digits");
  const auto refusal = [&](const std::string& key, const std::string& value) {
    return message_of<BadInput>([&] { settings.set({{key, value}}); });
  };
  EXPECT_TRUE(contains(refusal("stpes", "3"), "'steps'"));
  EXPECT_TRUE(contains(refusal("learning_rat", "3"), "'learning_rate'"));
  EXPECT_TRUE(contains(refusal("steps", "many"), "'many'"));
  EXPECT_TRUE(contains(refusal("steps", "-1"), "-1"));
  EXPECT_TRUE(contains(refusal("decay", "nan"), "nan"));
  EXPECT_TRUE(contains(refusal("device", "tpu"), "cpu, cuda, auto"));
  EXPECT_TRUE(contains(refusal("method", "srbvae"), "srbvae"));
  EXPECT_TRUE(contains(refusal("data", "digit-style"), "digit-style"));
  EXPECT_EQ(message_of<BadInput>([&] { settings.set({{"method", "vae"}, {"data", "embedded-digits"}}); }), "");
}

TEST(Settings, UnknownMethodOrDataIsRefused) {
  EXPECT_TRUE(contains(message_of<BadInput>([] { Settings("vea", "embedded-digits"); }), "'vae'"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { Settings("vae", "embeded-digits"); }), "'embedded-digits'"));
}

TEST(Settings, ReadsWhatItWrites) {
  const TempFolder folder;
  Settings settings("vae", "embedded-digits");
  settings.set({{"steps", "123"}, {"epochs", "0.1"}, {"decay", "1e-7"}, {"device", "auto"}, {"widths", "3,5"}});
  write_file(folder / "options.toml", settings.toml());
  EXPECT_EQ(Settings::read(folder / "options.toml")->toml(), settings.toml());
}

// A file has every value, so that a run stays as it was where its preset has other values by now.
TEST(Settings, APresetIsWrittenWithItsValuesAndReadAsAName) {
  const TempFolder folder;
  Settings settings("mathieupairs", "embedded-digits");
  settings.set({{"kl_weight", "3"}, {"preset", "low-leak"}});
  EXPECT_EQ(settings.options.at("shared_sigma").text(), "true");
  EXPECT_EQ(settings.options.at("kl_weight").text(), "3") << "what is given wins";
  settings.set({{"shared_sigma", "false"}});
  EXPECT_TRUE(contains(settings.toml(), "preset = \"low-leak\"\n"));
  write_file(folder / "options.toml", settings.toml());
  EXPECT_EQ(Settings::read(folder / "options.toml")->toml(), settings.toml());
  write_file(folder / "options.toml", "method = \"mathieupairs\"\ndata = \"embedded-digits\"\npreset = \"low-leak\"\n");
  EXPECT_EQ(Settings::read(folder / "options.toml")->options.at("shared_sigma").text(), "false");
}

// Of attributes, those that only say who it is are not what describes an example.
TEST(Settings, WhatIsLeftEmptyOfTheLabelsComesFromTheData) {
  DataInfo info;
  info.attributes = {{"person", {"a", "b", "c"}, true}, {"light", {"day", "night"}}};
  const auto filled = [&](const std::string& method, const KeyValues& given) {
    Settings settings(method, "embedded-digits");
    settings.set(given);
    settings.fill_from(info);
    return settings.options.at("classes").text() +
           (settings.options.has("label_columns") ? fmt::format("; {}", settings.options.at("label_columns").text())
                                                  : "");
  };
  EXPECT_EQ(filled("mathieupairs", {}), "3,2; 1");
  EXPECT_EQ(filled("mathieupairs", {{"classes", "4,5"}, {"label_columns", "0"}}), "4,5; 0");
  EXPECT_EQ(filled("lrlivae", {}), "3,2; 1");
  EXPECT_EQ(filled("partedvae", {}), "3") << "it is not empty";
  info.attributes[1].identity = true;
  EXPECT_EQ(filled("mathieupairs", {}), "3,2; 0,1") << "all are identities";
  info.attributes.clear();
  EXPECT_EQ(filled("mathieupairs", {}), "; ") << "there are no labels";
  EXPECT_NO_THROW(Settings("vae", "embedded-digits").fill_from(info));
}

TEST(Settings, ReadingNamesTheFileAndWhatIsWrong) {
  const TempFolder folder;
  const auto refusal = [&](const std::string& text) {
    write_file(folder / "options.toml", text);
    return message_of<BadInput>([&] { Settings::read(folder / "options.toml"); });
  };
  const std::string begin = "method = \"vae\"\ndata = \"embedded-digits\"\n";
  for (const std::string& text :
       {std::string("data = \"embedded-digits\"\n"), std::string("method = \"vae\"\n"), begin + "stepz = 3\n",
        begin + "steps = \"x\"\n", begin + "steps = \n", begin + "[table]\nsteps = 3\n"})
    EXPECT_TRUE(contains(refusal(text), "options.toml")) << text << refusal(text);
  EXPECT_TRUE(contains(refusal(begin + "stepz = 3\n"), "'steps'"));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { Settings::read(folder / "none.toml"); }), "none.toml"));
}

}  // namespace
}  // namespace refract
