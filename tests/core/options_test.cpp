#include "refract/core/options.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

struct Sample {
  bool flag = false;
  int64_t steps = 10;
  double rate = 1e-4;
  std::string name = "plain";
  std::vector<int64_t> widths = {16, 32};
  PictureSize size;

  Options describe() {
    Options o;
    o.add("flag", flag, "a switch");
    o.add("steps", steps, "how many").range(1, 100000).in("steps");
    o.add("rate", rate, "how fast").range(0, 1);
    o.add("name", name, "which");
    o.add("widths", widths, "channels of the layers").range(1, 512);
    o.add("size", size, "of pictures").range(8, 512).in("pixels");
    return o;
  }
};

std::string refusal(std::string_view key, std::string_view text) {
  Sample sample;
  return message_of<BadInput>([&] { sample.describe().set(key, text); });
}

TEST(Options, SetsEveryType) {
  Sample sample;
  Options options = sample.describe();
  options.set("flag", "true");
  options.set("steps", "3e4");
  options.set("rate", "0.25");
  options.set("name", "a b = c");
  options.set("widths", "8,16,1e2");
  EXPECT_TRUE(sample.flag);
  EXPECT_EQ(sample.steps, 30000);
  EXPECT_EQ(sample.rate, 0.25);
  EXPECT_EQ(sample.name, "a b = c");
  EXPECT_EQ(sample.widths, (std::vector<int64_t>{8, 16, 100}));
  options.set("flag", "no");
  EXPECT_FALSE(sample.flag);
}

TEST(Options, ASizeIsASquareOrWidthByHeight) {
  Sample sample;
  Options options = sample.describe();
  const Option& size = options.at("size");
  EXPECT_EQ(size.default_text, "64");
  EXPECT_EQ(size.type_name(), "size");
  EXPECT_EQ(size.toml(), "64");
  size.parse("96X84");
  EXPECT_EQ(sample.size, (PictureSize{96, 84}));
  EXPECT_EQ(size.text(), "96x84");
  EXPECT_EQ(size.toml(), "\"96x84\"");
  size.parse("32x32");
  EXPECT_EQ(size.text(), "32");
  size.parse("48");
  EXPECT_EQ(sample.size, (PictureSize{48, 48}));
}

TEST(Options, ASizeOfAnotherFormOrOutsideItsRangeIsRefused) {
  for (const char* text : {"", "x", "96x", "x84", "0x3", "96x84x3", "96 x 84", "96*84", "big", "-8x8", "9e1", "64.5"})
    EXPECT_TRUE(contains(refusal("size", text), "Option size: expected a size, such as 64 for a square or 96x84"))
        << text;
  for (const char* text : {"7", "513", "96x7", "7x96", "64x513"})
    EXPECT_TRUE(contains(refusal("size", text), "expected 8 to 512")) << text;
}

TEST(Options, RemembersTheDefault) {
  Sample sample;
  Options options = sample.describe();
  options.set("steps", "20");
  EXPECT_EQ(options.at("steps").default_text, "10");
  EXPECT_EQ(options.at("steps").text(), "20");
  EXPECT_EQ(options.at("widths").default_text, "16,32");
  EXPECT_EQ(options.at("rate").default_text, "0.0001");
}

TEST(Options, WrongTypesAreRefused) {
  for (const char* text : {"ten", "", "1.5", "10x", " 10", "1e300", "nan"})
    EXPECT_TRUE(contains(refusal("steps", text), "expected a whole number")) << text;
  for (const char* text : {"fast", "", "1,5", "nan", "inf", "0.1s"})
    EXPECT_TRUE(contains(refusal("rate", text), "expected a number")) << text;
  for (const char* text : {"maybe", "", "2"})
    EXPECT_TRUE(contains(refusal("flag", text), "expected a true or false")) << text;
  for (const char* text : {"16,", "", "16,x", "16;32"})
    EXPECT_TRUE(contains(refusal("widths", text), "expected a list of whole numbers")) << text;
}

// What may be left out may be left out again.
TEST(Options, AListThatIsEmptyByDefaultMayBeEmpty) {
  std::vector<int64_t> extra;
  Options options;
  options.add("extra", extra, "more widths").range(1, 9);
  options.set("extra", "3,4");
  EXPECT_EQ(extra, (std::vector<int64_t>{3, 4}));
  options.set("extra", "[]");
  EXPECT_TRUE(extra.empty());
  options.set("extra", "[3,4]");
  options.set("extra", "");
  EXPECT_TRUE(extra.empty());
  EXPECT_EQ(options.at("extra").toml(), "[]");
  EXPECT_THROW(options.set("extra", "10"), BadInput);
}

TEST(Options, OutOfRangeIsRefusedAndNamesTheRange) {
  EXPECT_TRUE(contains(refusal("steps", "0"), "1 to 100000"));
  EXPECT_TRUE(contains(refusal("rate", "1.01"), "0 to 1"));
  EXPECT_TRUE(contains(refusal("widths", "16,513"), "1 to 512"));
  EXPECT_EQ(refusal("rate", "1"), "") << "the ends belong to the range";
}

TEST(Options, ARefusedValueLeavesTheOldOne) {
  Sample sample;
  Options options = sample.describe();
  EXPECT_THROW(options.set("widths", "8,x"), BadInput);
  EXPECT_THROW(options.set("steps", "0"), BadInput);
  EXPECT_EQ(sample.widths, (std::vector<int64_t>{16, 32}));
  EXPECT_EQ(sample.steps, 10);
}

TEST(Options, ChoicesAreKept) {
  std::string colour = "red";
  Options options;
  options.add("colour", colour, "of the frame").one_of({"red", "blue"});
  options.set("colour", "blue");
  EXPECT_EQ(colour, "blue");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { options.set("colour", "green"); }), "red, blue"));
}

TEST(Options, AnUnknownKeyNamesTheNearest) {
  EXPECT_TRUE(contains(refusal("step", "3"), "The nearest is 'steps'"));
  EXPECT_TRUE(contains(refusal("width", "3"), "The nearest is 'widths'"));
}

TEST(Options, ANameIsDescribedOnce) {
  Sample one, two;
  Options options = one.describe();
  EXPECT_THROW(options.append(two.describe()), Error);
}

TEST(Options, TomlRoundTrips) {
  const TempFolder folder;
  const std::string awkward = "C:\\a \"b\" 'c'\t# ü = [1]\nnext line " + std::string(200, 'x') + " end";
  Sample written{true, 12345, 1e-8, awkward, {7}, {96, 84}};
  write_file(folder / "o.toml", to_toml(written.describe()));
  Sample found;
  Options options = found.describe();
  for (const auto& [key, value] : read_toml(folder / "o.toml")) options.set(key, value);
  EXPECT_EQ(found.flag, written.flag);
  EXPECT_EQ(found.steps, written.steps);
  EXPECT_EQ(found.rate, written.rate);
  EXPECT_EQ(found.name, written.name);
  EXPECT_EQ(found.widths, written.widths);
  EXPECT_EQ(found.size, written.size);
}

TEST(Options, DoublesRoundTripToTheLastBit) {
  const TempFolder folder;
  for (const double value : {0.1, 1.0 / 3, 1e-300, 0.5, 1.0, 2.5e-4}) {
    Sample written, found;
    written.rate = value;
    write_file(folder / "o.toml", to_toml(written.describe()));
    Options options = found.describe();
    for (const auto& [key, text] : read_toml(folder / "o.toml")) options.set(key, text);
    EXPECT_EQ(found.rate, value);
  }
}

struct Preselected {
  std::string preset = "none";
  int64_t steps = 10;
  double rate = 1e-4;

  Options describe() {
    Options o;
    o.add("preset", preset, "which")
        .of_presets(
            {{"quick", "few steps", {{"steps", "2"}, {"rate", "0.5"}}}, {"slow", "many steps", {{"steps", "99"}}}});
    o.add("steps", steps, "how many").range(1, 100);
    o.add("rate", rate, "how fast").range(0, 1);
    return o;
  }
};

TEST(Presets, StandForOtherOptionsAndWhatIsGivenWins) {
  Preselected sample;
  const Options options = sample.describe();
  EXPECT_EQ(options.at("preset").allowed(), "none, quick, slow");
  EXPECT_EQ(with_presets(options, {{"steps", "7"}, {"preset", "quick"}}),
            (KeyValues{{"steps", "2"}, {"rate", "0.5"}, {"steps", "7"}, {"preset", "quick"}}));
  EXPECT_EQ(with_presets(options, {{"preset", "quick"}, {"preset", "slow"}}),
            (KeyValues{{"steps", "99"}, {"preset", "quick"}, {"preset", "slow"}}))
      << "the last one counts";
  EXPECT_EQ(with_presets(options, {{"preset", "none"}}), (KeyValues{{"preset", "none"}}));
  EXPECT_EQ(with_presets(options, {{"other", "1"}}), (KeyValues{{"other", "1"}}));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { with_presets(options, {{"preset", "quik"}}); }), "'quick'"));
}

TEST(ReadToml, RefusesWhatIsNoFlatToml) {
  const TempFolder folder;
  const auto read = [&](const std::string& text) {
    write_file(folder / "o.toml", text);
    return message_of<BadInput>([&] { read_toml(folder / "o.toml"); });
  };
  EXPECT_TRUE(contains(read("[table]\nsteps = 3\n"), "table"));
  EXPECT_TRUE(contains(read("steps = \n"), "o.toml"));
  EXPECT_TRUE(contains(read("steps 3\n"), "o.toml"));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_toml(folder / "absent.toml"); }), "absent.toml"));
}

TEST(SplitAssignment, CutsAtTheFirstEqualsSign) {
  EXPECT_EQ(split_assignment("a=b=c"), std::make_pair(std::string("a"), std::string("b=c")));
  EXPECT_EQ(split_assignment("a="), std::make_pair(std::string("a"), std::string()));
  EXPECT_THROW(split_assignment("steps"), BadInput);
  EXPECT_THROW(split_assignment("=3"), BadInput);
}

}  // namespace
}  // namespace refract
