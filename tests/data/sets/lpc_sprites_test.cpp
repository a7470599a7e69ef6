#include "refract/data/sets/lpc_sprites.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/labelled.h"
#include "refract/data/loader.h"
#include "refract/data/sets/lpc_sheets.h"
#include "tests/data/paired_sets.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::lpc_files;
using testing_support::message_of;
using testing_support::sprite_sheet;
using testing_support::TempFolder;
using testing_support::write_bytes;

TEST(LpcFrame, WalksThroughActionsDirectionsAndFrames) {
  std::set<std::vector<int64_t>> seen;
  std::vector<int64_t> lengths(5);
  for (int64_t k = 0; k < kLpcFrames; ++k) {
    const LpcFrame frame = lpc_frame(k);
    seen.insert({frame.action, frame.direction, frame.number});
    ++lengths.at(static_cast<size_t>(frame.action));
    EXPECT_LT(frame.direction, 4);
  }
  EXPECT_EQ(seen.size(), 172U);
  EXPECT_EQ(lengths, (std::vector<int64_t>{28, 32, 36, 24, 52}));
  EXPECT_EQ(lpc_frame(28).action, 1);
  EXPECT_EQ(lpc_frame(8).direction, 1);
  EXPECT_EQ(lpc_frame(8).number, 1);
  EXPECT_EQ(lpc_frame(171).number, 12);
}

TEST(ComposeLpc, LaysLayersOverEachOtherOnBlack) {
  constexpr int64_t pixels = kLpcSide * kLpcSide;
  std::array<std::vector<uint8_t>, kLpcLayers> frames;
  std::array<const uint8_t*, kLpcLayers> layers{};
  for (size_t l = 0; l < kLpcLayers; ++l) {
    frames.at(l).resize(4 * pixels);
    layers.at(l) = frames.at(l).data();
  }
  const auto paint = [&](size_t layer, size_t pixel, std::array<uint8_t, 4> colour) {
    for (size_t c = 0; c < 4; ++c) frames.at(layer)[c * pixels + pixel] = colour.at(c);
  };
  paint(0, 0, {200, 100, 50, 255});
  paint(1, 1, {200, 100, 50, 102});
  paint(0, 2, {200, 100, 50, 255});
  paint(3, 2, {0, 255, 100, 51});
  paint(0, 3, {9, 9, 9, 255});
  paint(4, 3, {1, 2, 3, 255});
  paint(2, 4, {255, 255, 255, 0});
  std::vector<uint8_t> out(3 * pixels, 77);
  compose_lpc(layers, out.data());
  const auto colour = [&](size_t pixel) {
    return std::vector<int>{out[pixel], out[pixels + pixel], out[2 * pixels + pixel]};
  };
  EXPECT_EQ(colour(0), (std::vector<int>{200, 100, 50}));
  EXPECT_EQ(colour(1), (std::vector<int>{80, 40, 20})) << "two fifths over black";
  EXPECT_EQ(colour(2), (std::vector<int>{160, 131, 60})) << "a fifth over a colour";
  EXPECT_EQ(colour(3), (std::vector<int>{1, 2, 3})) << "shoes are in front";
  EXPECT_EQ(colour(4), (std::vector<int>{0, 0, 0})) << "what is transparent has no colour";
}

// Two sheets of each layer: 32 different characters.
class LpcSheetFiles : public testing::Test {
 protected:
  LpcSheetFiles() { lpc_files(folder_.path()); }
  [[nodiscard]] LpcSpritesOptions options(int64_t size = 60, int64_t characters = 9) const {
    return {.size = size,
            .data_seed = 1,
            .characters = characters,
            .fit_characters = 2,
            .score_characters = 3,
            .lpc_sprites_dir = folder_.path().string()};
  }
  [[nodiscard]] std::string refusal(const LpcSpritesOptions& given) const {
    return message_of<BadInput>([&] { make_lpc_sprites(given); });
  }
  TempFolder folder_;
};

TEST_F(LpcSheetFiles, AreCutIntoFramesOfTheCell) {
  const LpcSheets sheets = read_lpc_sheets(folder_.path());
  EXPECT_EQ(sheets.layers[1].name, "bottom");
  EXPECT_EQ(sheets.layers[3].names, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(sheets.checksums.size(), 10U);
  EXPECT_EQ(sheets.checksums.at("hair/1.png"), sha256(read_file(folder_ / "hair/1.png")));
  EXPECT_EQ(sheets.note, "");
  // The body's box: from (12, 14) of the cell, moved by column % 3 and row % 4.
  const Tensor opacity = sheets.layers[0].sheets[0].select(1, 3);
  for (const int64_t k : {0, 1, 8, 30, 171}) {
    const LpcFrame frame = lpc_frame(k);
    const Tensor lit = opacity[k].nonzero();
    EXPECT_EQ(lit[0][0].item<int64_t>(), 14 - 4 + frame.direction) << k;
    EXPECT_EQ(lit[0][1].item<int64_t>(), 12 - 2 + frame.number % 3) << k;
    EXPECT_EQ(lit.size(0), 36 * 36) << k;
  }
  EXPECT_EQ(sheets.layers[0].sheets[1][5].select(0, 1).max().item<int64_t>(), 220) << "red, green, blue";
}

TEST_F(LpcSheetFiles, WholeCharactersAreHeldOut) {
  const auto data = make_lpc_sprites(options());
  EXPECT_EQ(data->count(Split::unlabelled), 4 * 172);
  EXPECT_EQ(data->count(Split::fit), 2 * 172);
  EXPECT_EQ(data->count(Split::score), 3 * 172);
  std::set<std::string> characters;
  size_t found = 0;
  const std::vector<Attribute>& attributes = data->info().attributes;
  for (const Split split : {Split::unlabelled, Split::fit, Split::score}) {
    const Tensor rows = data->attributes(split, all_indices(data->count(split)));
    for (int64_t i = 0; i < rows.size(0); i += 172) {
      EXPECT_EQ(rows[i][0].item<int64_t>(), rows[i + 171][0].item<int64_t>());
      const std::string& name = attributes[0].values[static_cast<size_t>(rows[i][0].item<int64_t>())];
      std::string parts;
      for (size_t k = 1; k < 6; ++k)
        parts +=
            fmt::format("{}{}", k == 1 ? "" : "-",
                        attributes[k].values[static_cast<size_t>(rows[i][static_cast<int64_t>(k)].item<int64_t>())]);
      EXPECT_EQ(name, parts);
      EXPECT_TRUE(characters.insert(name).second) << name;
      ++found;
    }
  }
  EXPECT_EQ(found, 9U);
  EXPECT_TRUE(attributes[0].identity);
  EXPECT_EQ(descriptive_columns(data->info()), (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_THROW(static_cast<void>(data->labels(Split::score, {0})), BadInput);
}

TEST_F(LpcSheetFiles, AFrameShowsTheSheetsThatItsLabelsSay) {
  const auto data = make_lpc_sprites(options());
  const LpcSheets sheets = read_lpc_sheets(folder_.path());
  for (const int64_t example : {0, 5, 400, 687}) {
    const Tensor row = data->attributes(Split::unlabelled, {example})[0];
    const int64_t frame = example % 172;
    std::array<const uint8_t*, kLpcLayers> layers{};
    for (size_t l = 0; l < kLpcLayers; ++l) {
      const auto sheet = static_cast<size_t>(row[1 + static_cast<int64_t>(l)].item<int64_t>());
      layers.at(l) = sheets.layers.at(l).sheets[sheet].data_ptr<uint8_t>() + frame * 4 * 60 * 60;
    }
    std::vector<uint8_t> composed(3 * 60 * 60);
    compose_lpc(layers, composed.data());
    const Tensor expected = at::tensor(composed, at::kByte).view({3, 60, 60}).to(at::kFloat) / 127.5 - 1;
    EXPECT_TRUE(at::allclose(data->examples(Split::unlabelled, {example})[0], expected, 0, 1e-5)) << example;
  }
}

TEST_F(LpcSheetFiles, FramesAreResizedAfterTheyWereComposed) {
  const auto whole = make_lpc_sprites(options(60)), half = make_lpc_sprites(options(30));
  const Tensor large = whole->examples(Split::score, {3, 200}), small = half->examples(Split::score, {3, 200});
  EXPECT_TRUE(at::allclose(small, large.view({2, 3, 30, 2, 30, 2}).mean({3, 5}), 0, 0.005));
}

TEST_F(LpcSheetFiles, FactorsAreActionDirectionAndFrame) {
  const auto data = make_lpc_sprites(options(16));
  EXPECT_EQ(data->info().factors, (std::vector<std::string>{"action", "direction", "frame"}));
  const Tensor found = data->factors(Split::score, {0, 172 + 8, 171});
  EXPECT_TRUE(at::allclose(found, at::tensor({0.F, 0.F, 0.F,           //
                                              0.F, 1.F / 3, 1.F / 12,  //
                                              1.F, 1.F, 1.F})
                                      .view({3, 3})));
}

TEST_F(LpcSheetFiles, TheSeedDrawsTheCharacters) {
  LpcSpritesOptions other = options(16);
  const auto one = make_lpc_sprites(other), again = make_lpc_sprites(other);
  EXPECT_EQ(one->info().attributes[0].values, again->info().attributes[0].values);
  other.data_seed = 2;
  EXPECT_NE(one->info().attributes[0].values, make_lpc_sprites(other)->info().attributes[0].values);
  EXPECT_EQ(make_lpc_sprites(options(16, 32))->info().attributes[0].values.size(), 32U) << "all that are possible";
}

// With so many of so large frames that they do not stay in memory.
TEST_F(LpcSheetFiles, FramesAreTheSameWhetherTheyAreKeptOrNot) {
  LpcSpritesOptions few = options(256, 15), many = options(256, 16);
  ASSERT_LE(int64_t{15} * 172 * 3 * 256 * 256, int64_t{512} << 20);
  ASSERT_GT(int64_t{16} * 172 * 3 * 256 * 256, int64_t{512} << 20);
  const auto kept = make_lpc_sprites(few), composed = make_lpc_sprites(many);
  EXPECT_TRUE(at::equal(kept->examples(Split::unlabelled, {7, 100}), composed->examples(Split::unlabelled, {7, 100})));
}

TEST_F(LpcSheetFiles, SheetsThatDoNotAlwaysShowAreLeftOut) {
  write_bytes(folder_ / "topwear/5.png", sprite_sheet({20, 26, 14, cv::Scalar(1, 2, 3, 255), 19}));
  const auto data = make_lpc_sprites(options(16));
  EXPECT_EQ(data->info().attributes[3].values, (std::vector<std::string>{"0", "1"}));
  EXPECT_TRUE(contains(data->info().note, "topwear/5.png")) << data->info().note;
}

TEST_F(LpcSheetFiles, WhatCannotBeComposedIsASentence) {
  EXPECT_TRUE(contains(refusal(options(16, 33)), "33 characters are wanted, but 32")) << refusal(options(16, 33));
  EXPECT_TRUE(contains(refusal(options(16, 5)), "Lower fit_characters")) << refusal(options(16, 5));
  testing_support::write_picture(folder_ / "hair/2.png", 832, 640, cv::Scalar::all(200));
  EXPECT_TRUE(contains(refusal(options()), "2.png: expected 832x1344")) << refusal(options());
  std::filesystem::remove_all(folder_ / "hair");
  EXPECT_TRUE(contains(refusal(options()), "found no hair") && contains(refusal(options()), "--lpc_sprites_dir"));
}

TEST_F(LpcSheetFiles, PairsShareACharacter) {
  const auto data = make_lpc_sprites(options(16));
  const Partners partners(*data, 1);
  const Indices all = all_indices(data->count(Split::unlabelled));
  const Tensor own = data->attributes(Split::unlabelled, all),
               other = data->attributes(Split::unlabelled, partners.of(all, 3));
  EXPECT_TRUE(at::equal(own, other));
}

TEST(RealLpcSheets, MakeTheCharactersOfThePaper) {
  if (std::getenv("LPC_SPRITES_DIR") == nullptr) GTEST_SKIP() << "LPC_SPRITES_DIR is not set";
  const auto data = make_lpc_sprites({});
  EXPECT_EQ(data->count(Split::unlabelled), 500 * 172);
  EXPECT_EQ(data->count(Split::fit), 72 * 172);
  EXPECT_EQ(data->count(Split::score), 100 * 172);
  std::vector<size_t> choices;
  for (const Attribute& attribute : data->info().attributes) choices.push_back(attribute.values.size());
  EXPECT_EQ(choices, (std::vector<size_t>{672, 7, 6, 6, 10, 3}));
  EXPECT_TRUE(contains(data->info().note, "bottomwear/5.png, topwear/5.png")) << data->info().note;
}

}  // namespace
}  // namespace refract
