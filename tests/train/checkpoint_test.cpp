#include "refract/train/checkpoint.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include <limits>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/safetensors.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::Toy;

const CheckpointInfo info = {3, "toy", 2, "1.13.0"};
const Metadata metadata = {{"format", "1"}, {"step", "3"}, {"method", "toy"}, {"threads", "2"}, {"libtorch", "1.13.0"}};

NamedTensors state(Method& method) {
  NamedTensors all;
  for (Player* player : method.players())
    for (const NamedTensors& part : {player->weights(), player->moments()})
      for (const auto& [name, tensor] : part) all.emplace_back(name, tensor.clone());
  return all;
}

void train_a_little(Toy& toy) {
  for (int step = 0; step < 3; ++step) {
    Batch batch;
    batch.main.x = testing_support::toy_data().examples(Split::unlabelled, {step});
    Update update;
    toy.step(batch, update);
  }
}

void expect_same(const NamedTensors& a, const NamedTensors& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(at::equal(a[i].second, b[i].second)) << a[i].first;
}

std::string load_refusal(const std::filesystem::path& file, bool with_moments = true) {
  Toy toy;
  const NamedTensors before = state(toy);
  const std::string message = message_of<BadInput>([&] { load_checkpoint(file, "toy", toy, with_moments); });
  expect_same(before, state(toy));
  EXPECT_TRUE(message.empty() || contains(message, file.string())) << message;
  return message;
}

TEST(Checkpoint, RestoresWeightsAndMoments) {
  const TempFolder folder;
  Toy trained;
  train_a_little(trained);
  save_checkpoint(folder / "c", trained, info);
  Toy fresh;
  const CheckpointInfo read = load_checkpoint(folder / "c", "toy", fresh, true);
  expect_same(state(trained), state(fresh));
  EXPECT_EQ(read.step, 3);
  EXPECT_EQ(read.method, "toy");
  EXPECT_EQ(read.threads, 2);
  EXPECT_EQ(read.libtorch, "1.13.0");
  EXPECT_EQ(inspect_checkpoint(folder / "c").step, 3);
}

TEST(Checkpoint, WeightsAloneLeaveTheMomentsAsTheyWere) {
  const TempFolder folder;
  Toy trained;
  train_a_little(trained);
  save_checkpoint(folder / "c", trained, info);
  Toy fresh;
  load_checkpoint(folder / "c", "toy", fresh, false);
  EXPECT_TRUE(at::equal(fresh.weight(0), trained.weight(0)));
  for (const auto& [name, moment] : fresh.players().at(0)->moments()) EXPECT_EQ(moment.sum().item<double>(), 0) << name;
}

TEST(Checkpoint, AnotherMethodIsNamed) {
  const TempFolder folder;
  Toy toy;
  save_checkpoint(folder / "c", toy, {3, "srbvae", 2, "1.13.0"});
  const std::string message = load_refusal(folder / "c");
  EXPECT_TRUE(contains(message, "'srbvae'") && contains(message, "'toy'")) << message;
}

TEST(Checkpoint, MissingFileIsNamed) {
  const TempFolder folder;
  EXPECT_NE(load_refusal(folder / "none"), "");
  EXPECT_THROW(inspect_checkpoint(folder / "none"), BadInput);
}

TEST(Checkpoint, TensorsMustBeTheMethodsOwn) {
  const TempFolder folder;
  Toy toy;
  const NamedTensors whole = state(toy);
  const auto refusal = [&](const NamedTensors& tensors, bool with_moments = true) {
    write_file(folder / "c", pack_safetensors(metadata, tensors));
    return load_refusal(folder / "c", with_moments);
  };
  EXPECT_EQ(refusal(whole), "");

  NamedTensors changed = whole;
  changed.erase(changed.begin());
  EXPECT_TRUE(contains(refusal(changed), "'left/w'"));

  changed = whole;
  changed.emplace_back("left/more", at::rand({2}));
  EXPECT_TRUE(contains(refusal(changed), "'left/more'"));

  changed = whole;
  changed.at(0).second = at::rand({4});
  EXPECT_TRUE(contains(refusal(changed), "[3]") && contains(refusal(changed), "[4]"));

  changed = whole;
  changed.at(0).second = at::rand({3}, at::kDouble);
  EXPECT_TRUE(contains(refusal(changed), "Double"));

  NamedTensors weights;
  for (Player* player : toy.players())
    for (const auto& entry : player->weights()) weights.push_back(entry);
  EXPECT_EQ(refusal(weights, false), "");
  EXPECT_TRUE(contains(refusal(weights, true), ":m'"));
}

TEST(Checkpoint, WeightsThatAreNotFiniteAreRefused) {
  const TempFolder folder;
  Toy toy;
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    NamedTensors changed = state(toy);
    changed.at(0).second[1].fill_(value);
    write_file(folder / "c", pack_safetensors(metadata, changed));
    for (const bool with_moments : {true, false}) {
      const std::string message = load_refusal(folder / "c", with_moments);
      EXPECT_TRUE(contains(message, "'left/w'") && contains(message, "not finite")) << message;
    }
    EXPECT_THROW(inspect_checkpoint(folder / "c"), BadInput);
  }
  NamedTensors overflown = state(toy);
  for (auto& [name, tensor] : overflown)
    if (name == "left/w:v") tensor.fill_(std::numeric_limits<double>::infinity());
  write_file(folder / "c", pack_safetensors(metadata, overflown));
  EXPECT_EQ(load_refusal(folder / "c", false), "") << "the weights are sound";
}

TEST(Checkpoint, MetadataIsChecked) {
  const TempFolder folder;
  Toy toy;
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"format", "99"}, {"step", "x"}, {"step", "-1"}, {"threads", "2 "}, {"method", ""}}) {
    Metadata changed = metadata;
    changed[key] = value;
    write_file(folder / "c", pack_safetensors(changed, state(toy)));
    EXPECT_NE(load_refusal(folder / "c"), "") << key << " = " << value;
  }
  for (const auto& [key, value] : metadata) {
    Metadata changed = metadata;
    changed.erase(key);
    write_file(folder / "c", pack_safetensors(changed, state(toy)));
    EXPECT_NE(load_refusal(folder / "c"), "") << "without " << key;
  }
}

}  // namespace
}  // namespace refract
