// The commands swap, synthesize --block and interpolate --grid.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::example;
using testing_support::expect_starts;

class SwapCommand : public testing_support::PictureCommand {};

TEST_F(SwapCommand, WithoutImagesHeldOutOnesAreChosenByTheSeed) {
  const std::string one = bytes({"swap"}, "a.png");
  EXPECT_EQ(bytes({"swap", "--seed", "1"}, "b.png"), one);
  EXPECT_NE(bytes({"swap", "--seed", "2"}, "c.png"), one);
  const json fewer = draw({"swap", "--count", "3"}, "d.png"), usual = draw({"swap"}, "e.png");
  EXPECT_LT(fewer.at("width"), usual.at("width"));
  EXPECT_NE(usual.at("caption").get<std::string>().find("diagonal"), std::string::npos);
}

TEST_F(SwapCommand, OfOneListIsATransferToItself) {
  EXPECT_EQ(bytes({"swap", all_}, "a.png"), bytes({"transfer", "--target", all_, "--common", all_}, "b.png"));
  EXPECT_EQ(bytes({"swap", all_, "--with", example(1)}, "c.png"),
            bytes({"transfer", "--target", all_, "--common", example(1)}, "d.png"));
}

TEST_F(SwapCommand, AnyBlockIsSwapped) {
  EXPECT_NE(bytes({"swap", all_, "--block", "z"}, "a.png"), bytes({"swap", all_, "--block", "e"}, "b.png"));
  EXPECT_EQ(bytes({"swap", all_}, "c.png"), read_file(folder_ / "b.png"));
  expect_refused({"swap", all_, "--block", "y"}, "d.png", "'y'");
  expect_refused({"swap", "--with", all_}, "e.png", "--with");
}

TEST_F(SwapCommand, AnyBlockIsDrawn) {
  const std::string usual = bytes({"synthesize", all_, "--variants", "3"}, "a.png");
  EXPECT_EQ(bytes({"synthesize", all_, "--variants", "3", "--block", "e"}, "b.png"), usual);
  EXPECT_NE(bytes({"synthesize", all_, "--variants", "3", "--block", "z"}, "c.png"), usual);
  expect_refused({"synthesize", all_, "--block", "y"}, "d.png", "'y'");
}

// Its s has no prior (Mathieu et al. 2016): only z is drawn, for the s of an image.
TEST_F(SwapCommand, ABlockWithoutAPriorIsKept) {
  train("mathieu");
  expect_refused({"synthesize", all_}, "a.png", "no prior for its block s");
  const json drawn = draw({"synthesize", all_, "--block", "z"}, "b.png");
  EXPECT_NE(drawn.at("caption").get<std::string>().find("keeps s of"), std::string::npos);
  bytes({"interpolate", example(1), example(2), "--grid"}, "c.png");
  bytes({"swap"}, "d.png");
}

TEST_F(SwapCommand, AModelOfClassesMovesThemAndDrawsForThem) {
  train("partedvae");
  const json grid = draw({"interpolate", example(1), example(2), "--grid", "--steps", "2"}, "a.png");
  EXPECT_NE(grid.at("caption").get<std::string>().find("take c and u from A to B"), std::string::npos) << grid;
  for (const char* block : {"c", "u", "z"})
    bytes({"synthesize", all_, "--variants", "2", "--block", block}, fmt::format("{}.png", block));
}

TEST_F(SwapCommand, AGridIsAPictureOfBothBlocks) {
  const std::vector<std::string> grid = {"interpolate", example(1), example(2), "--grid"};
  const json usual = draw(grid, "a.png");
  expect_starts(folder_ / "a.png", testing_support::kPngBegins);
  EXPECT_EQ(usual.at("frames"), 1);
  std::vector<std::string> fewer = grid;
  fewer.insert(fewer.end(), {"--steps", "3"});
  EXPECT_LT(draw(fewer, "b.png").at("width"), usual.at("width"));
  EXPECT_EQ(draw({"interpolate", all_, all_, "--grid", "--steps", "1"}, "c.png").at("files").size(), 8U);
  std::vector<std::string> other = grid;
  other.insert(other.end(), {"--block", "z"});
  EXPECT_NE(bytes(other, "d.png"), read_file(folder_ / "a.png"));

  expect_refused(grid, "e.gif", ".png");
  expect_refused({"interpolate", example(1), example(2)}, "f.png", ".gif");
  expect_refused({"interpolate", example(1), example(2), "--grid", "--steps", "500"}, "g.png", "--steps");
}

TEST_F(SwapCommand, AModelOfOneBlockHasNoGrid) {
  train("vae");
  expect_refused({"interpolate", example(1), example(2), "--grid"}, "a.png", "z (whole)");
  expect_refused({"swap"}, "b.png", "z (whole)");
  expect_refused({"synthesize", all_, "--block", "z"}, "c.png", "only z (whole)");
}

}  // namespace
}  // namespace refract
