#include "refract/train/run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/manifest.h"
#include "tests/train/support.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::Toy;

DataInfo some_data() {
  DataInfo data;
  data.name = "fake";
  data.space = Space::square(3, 8);
  data.factors = {"scale"};
  data.checksums = {{"file", "0123"}};
  return data;
}

Run create(const fs::path& directory) {
  return Run::create(directory, *tiny("vae"), some_data(), "refract train vae");
}

size_t entries(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

CheckpointInfo at_step(int64_t step) {
  return {step, "vae", 1, libtorch_version()};
}

TEST(Run, CreatesEverythingAtOnceAndOpensIt) {
  const TempFolder folder;
  const refract::Run run = create(folder / "deep/inside/run/");
  EXPECT_EQ(entries(folder / "deep/inside"), 1);
  const refract::Run opened = refract::Run::open(folder / "deep/inside/run");
  EXPECT_EQ(opened.settings()->toml(), tiny("vae")->toml());
  EXPECT_EQ(opened.manifest(), run.manifest());
  EXPECT_TRUE(opened.checkpoints().empty());
}

TEST(Run, AnExistingPathIsLeftAlone) {
  const TempFolder folder;
  write_file(folder / "file", "content");
  fs::create_directory(folder / "empty");
  fs::create_symlink("nowhere", folder / "link");
  create(folder / "run");
  for (const std::string name : {"file", "empty", "link", "run"}) {
    const std::string message = message_of<BadInput>([&] { create(folder / name); });
    EXPECT_TRUE(contains(message, name) && contains(message, "--out")) << message;
    EXPECT_EQ(contains(message, "refract resume"), name == "run") << message;
  }
  EXPECT_EQ(read_file(folder / "file"), "content");
  EXPECT_EQ(entries(folder.path()), 4);
}

TEST(Run, AnImpossiblePathIsASentenceAndLeavesNothing) {
  const TempFolder folder;
  write_file(folder / "file", "content");
  const std::string message = message_of<Error>([&] { create(folder / "file/run"); });
  EXPECT_TRUE(contains(message, "file/run") && contains(message, "Not a directory")) << message;
  EXPECT_EQ(entries(folder.path()), 1);
  EXPECT_NE(message_of<Error>([] { create("/proc/run"); }), "");
}

TEST(Run, AFailureWhileCreatingLeavesNothing) {
  const TempFolder folder;
  const auto settings = tiny("vae", {{"device", "cuda"}});
  if (at::hasCUDA()) GTEST_SKIP() << "this machine has CUDA";
  EXPECT_THROW(refract::Run::create(folder / "run", *settings, some_data(), ""), BadInput);
  EXPECT_EQ(entries(folder.path()), 0);
}

TEST(Run, WhatIsNoRunIsRefused) {
  const TempFolder folder;
  write_file(folder / "file", "");
  for (const fs::path& path : {folder / "none", folder / "file", folder.path()})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { refract::Run::open(path); }), path.string()));
}

TEST(Run, KeepsTheLastTwoCheckpoints) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  Toy toy;
  write_file(folder / "run/checkpoints/step-00000001.safetensors.99.partial", "left by a kill");
  for (const int64_t step : {2, 10, 999999999}) run.save(toy, at_step(step));
  const auto kept = run.checkpoints();
  ASSERT_EQ(kept.size(), 2);
  EXPECT_EQ(kept[0].filename(), "step-00000010.safetensors");
  EXPECT_EQ(kept[1].filename(), "step-999999999.safetensors");
  EXPECT_EQ(entries(folder / "run/checkpoints"), 2);
  EXPECT_EQ(run.load(toy, true).step, 999999999);
}

TEST(Run, BeforeTheFirstCheckpointThereIsNothingToLoad) {
  const TempFolder folder;
  Toy toy;
  const std::string message = message_of<BadInput>([&] { create(folder / "run").load(toy, true); });
  EXPECT_TRUE(contains(message, "refract resume")) << message;
}

TEST(Run, ADamagedCheckpointNamesTheOlderOneThatIsWhole) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  Toy toy;
  const auto damage = [](const fs::path& file) {
    std::string bytes = read_file(file);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(file, bytes);
  };
  const auto refusal = [&] { return message_of<BadInput>([&] { run.load(toy, true); }); };
  run.save(toy, at_step(10));
  run.save(toy, at_step(20));
  damage(run.checkpoints().back());
  EXPECT_TRUE(contains(refusal(), "step-00000020") && contains(refusal(), "step-00000010")) << refusal();

  damage(run.checkpoints().front());
  EXPECT_TRUE(contains(refusal(), "step-00000020") && contains(refusal(), "no older checkpoint")) << refusal();

  fs::remove(run.checkpoints().front());
  EXPECT_TRUE(contains(refusal(), "no older checkpoint")) << refusal();
}

TEST(Run, WeightsThatAreNotFiniteNameTheOlderCheckpoint) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  Toy toy;
  run.save(toy, at_step(10));
  {
    const at::NoGradGuard no_grad;
    toy.weight(1).fill_(std::numeric_limits<double>::quiet_NaN());
  }
  run.save(toy, at_step(20));
  Toy fresh;
  CheckpointInfo ignored;
  const std::string message = message_of<BadInput>([&] { ignored = run.load(fresh, false); });
  EXPECT_TRUE(contains(message, "not finite") && contains(message, "step-00000010")) << message;
}

TEST(Run, AManifestThatIsTooDeepIsRefused) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  write_file(run.manifest_file(), "{\"a\": " + std::string(100000, '[') + std::string(100000, ']') + "}");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { (void)run.manifest(); }), "manifest.json"));
}

TEST(Run, AnotherMethodsCheckpointIsRefusedForWhatItIs) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  Toy toy;
  run.save(toy, at_step(10));
  CheckpointInfo other = at_step(20);
  other.method = "srbvae";
  run.save(toy, other);
  const std::string message = message_of<BadInput>([&] { run.load(toy, true); });
  EXPECT_TRUE(contains(message, "'srbvae'") && contains(message, "'vae'") && !contains(message, "damaged")) << message;
}

TEST(Run, OnlyOneProcessTrains) {
  const TempFolder folder;
  const refract::Run run = create(folder / "run");
  {
    const RunLock lock(run.path());
    EXPECT_TRUE(contains(message_of<BadInput>([&] { const RunLock second(run.path()); }), "another process"));
  }
  EXPECT_EQ(message_of<BadInput>([&] { const RunLock again(run.path()); }), "");
}

TEST(Manifest, SaysWhatTheRunWasMadeWith) {
  const auto settings = tiny("vae", {{"seed", "7"}, {"threads", "2"}});
  const auto manifest = nlohmann::json::parse(manifest_text(*settings, some_data(), "refract train vae --seed 7"));
  EXPECT_EQ(manifest.at("command"), "refract train vae --seed 7");
  EXPECT_EQ(manifest.at("seed"), 7);
  EXPECT_EQ(manifest.at("threads"), 2);
  EXPECT_EQ(manifest.at("device"), "cpu");
  EXPECT_EQ(manifest.at("data").at("checksums").at("file"), "0123");
  EXPECT_FALSE(manifest.at("refract").at("commit").get<std::string>().empty());
  EXPECT_EQ(manifest.at("libtorch").at("version"), libtorch_version());
  EXPECT_TRUE(contains(manifest.at("libtorch").dump(), "MKL-DNN"));
  EXPECT_EQ(manifest.at("created").get<std::string>().size(), std::string("2024-01-01T00:00:00Z").size());
  EXPECT_GT(manifest.at("host").at("memory_bytes"), 1000000);
  for (const char* key : {"blas", "compiler"}) EXPECT_FALSE(manifest.at(key).get<std::string>().empty()) << key;
}

TEST(Manifest, GivesTheDataBack) {
  const DataInfo data = manifest_data(manifest_text(*tiny("vae"), some_data(), ""), "manifest.json");
  EXPECT_EQ(data.name, "fake");
  EXPECT_EQ(data.space.channels(), 3);
  EXPECT_EQ(data.space.width(), 8);
  EXPECT_EQ(data.factors, std::vector<std::string>{"scale"});
  EXPECT_EQ(data.checksums, some_data().checksums);
  for (const std::string text : {"", "{}", "[1]", R"({"data":{"name":3}})"})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { manifest_data(text, "manifest.json"); }), "manifest.json")) << text;
}

TEST(Manifest, NamesWhatExamplesAreLabelledWith) {
  const auto given_back = [](const DataInfo& data) {
    return manifest_data(manifest_text(*tiny("vae"), data, ""), "manifest.json").attributes;
  };
  DataInfo data = some_data();
  EXPECT_TRUE(given_back(data).empty());
  data.attributes = {{"person", {"11", "12"}, true}, {"hat", {"no", "yes"}}};
  const std::vector<Attribute> read = given_back(data);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].name, "person");
  EXPECT_EQ(read[0].values, data.attributes[0].values);
  EXPECT_TRUE(read[0].identity);
  EXPECT_EQ(read[1].values, data.attributes[1].values);
  EXPECT_FALSE(read[1].identity);
}

// A method that sees labels leaves a record of whose.
TEST(Run, TheLabelledImagesAreRecorded) {
  const TempFolder folder;
  const auto labelled = [&](const std::string& name, const KeyValues& changes) {
    const OpenedRun opened = start_run(folder / name, tiny("partedvae", changes), "");
    return std::filesystem::exists(opened.run.labelled_file()) ? read_file(opened.run.labelled_file()) : "";
  };
  EXPECT_EQ(labelled("without", {}), "");
  const KeyValues ten = {{"classes", "10"}, {"labelled", "10"}};
  const std::string first = labelled("with", ten);
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 10);
  EXPECT_EQ(labelled("again", ten), first);
  EXPECT_TRUE(contains(message_of<BadInput>([&] {
                         labelled("wrong", {{"classes", "3"}, {"labelled", "10"}});
                       }),
                       "Set classes=10."));
}

}  // namespace
}  // namespace refract
