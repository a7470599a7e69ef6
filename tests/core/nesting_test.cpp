#include "refract/core/nesting.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/options.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

std::string toml_complaint(const std::string& text) {
  return message_of<BadInput>([&] { check_toml_bounds(text, "o.toml"); });
}

TEST(TomlBounds, DepthAndLengthAreBoundedWhereverTheyStand) {
  EXPECT_TRUE(contains(toml_complaint("steps = 3\na = " + repeated("[", 10000)), "o.toml, line 2"));
  EXPECT_TRUE(contains(toml_complaint("a = " + repeated("{a=", 10000)), "levels of brackets"));
  EXPECT_TRUE(contains(toml_complaint(repeated("a.", 10000) + "b = 1"), "dotted name"));
  EXPECT_TRUE(contains(toml_complaint("[" + repeated("a . ", 10000) + "b]"), "dotted name"));
  EXPECT_TRUE(contains(toml_complaint("widths = [" + repeated("4,", 100000) + "4]"), "1000 entries"));
  EXPECT_TRUE(contains(toml_complaint("widths = [" + repeated("4,\n", 2000) + "4]"), "1000 entries"));
}

// Nothing may hide behind what looks like a string or a comment.
TEST(TomlBounds, StringsAndCommentsEndWhereTomlEndsThem) {
  const std::string deep = repeated("[", 20);
  for (const std::string& harmless :
       {"a = \"" + deep + "\"", "a = '" + deep + "'", "# " + deep, "a = \"\"\"\n" + deep + "\"\n\"\"\"",
        "a = '''\n" + deep + "'''", "a = \"\\\"" + deep + "\"", "a = \"#\" # " + deep, "a = '\\' # " + deep})
    EXPECT_EQ(toml_complaint(harmless + "\nb = [1, 2]\n"), "") << harmless;
  for (const std::string& deep_one :
       {"a = [\"x\", " + deep, "a = [\"\", " + deep, "a = ['\\', " + deep, "a = [\"\"\"x\"\"\"\"\", " + deep,
        "a = [\"\"\"x\"\"\"\", " + deep, "a = [\"\\\\\", " + deep, "a = \"unclosed\nb = " + deep,
        "# comment\nb = " + deep, "a = [''''x''', " + deep})
    EXPECT_NE(toml_complaint(deep_one), "") << deep_one;
}

TEST(TomlBounds, ManyShortListsAndNumbersWithPointsAreFine) {
  EXPECT_EQ(toml_complaint(repeated("a = [0.5, 1.5, 2.5]\n", 900)), "");
  EXPECT_EQ(toml_complaint("a.b.c.d = 1.5\n"), "");
}

TEST(JsonBounds, DepthIsBoundedOutsideOfStrings) {
  const auto complaint = [](const std::string& text) {
    return message_of<BadInput>([&] { check_json_bounds(text, "m.json"); });
  };
  EXPECT_TRUE(contains(complaint(repeated("[", 100000)), "m.json"));
  EXPECT_TRUE(contains(complaint(repeated("{\"a\":", 65)), "64 levels"));
  EXPECT_TRUE(contains(complaint("[\"\\\\\"," + repeated("[", 65)), "64 levels"));
  EXPECT_EQ(complaint("{\"a\": \"" + repeated("[", 100) + "\\\"" + repeated("[", 100) + "\"}"), "");
  EXPECT_EQ(complaint(repeated("[]", 1000)), "");
}

std::string refusal_of(const std::string& text) {
  const TempFolder folder;
  write_file(folder / "o.toml", text);
  return message_of<BadInput>([&] { read_toml(folder / "o.toml"); });
}

TEST(ReadTomlBounds, WhatCrashedOrTookMinutesIsASentence) {
  EXPECT_TRUE(contains(refusal_of("size = " + repeated("[", 10000)), "levels of brackets"));
  EXPECT_TRUE(contains(refusal_of(repeated("a.", 20000) + "b = 1"), "dotted name"));
  EXPECT_TRUE(contains(refusal_of(repeated("a.", 50000) + "b = 1"), "at most 65536 bytes"));
  EXPECT_TRUE(contains(refusal_of("widths = [" + repeated("4,", 30000) + "4]"), "1000 entries"));
  EXPECT_TRUE(contains(message_of<BadInput>([] { read_toml("/dev/zero"); }), "at most 65536 bytes"));
}

TEST(ReadTomlBounds, ValuesOfAnotherKindAreRefused) {
  EXPECT_TRUE(contains(refusal_of("widths = [[4], [8]]\n"), "whole numbers in the list 'widths'"));
  EXPECT_TRUE(contains(refusal_of("widths = [\"4\"]\n"), "whole numbers in the list"));
  EXPECT_TRUE(contains(refusal_of("steps = 1979-05-27\n"), "date"));
  EXPECT_TRUE(contains(refusal_of("steps = {a = 1}\n"), "table"));
  EXPECT_TRUE(contains(refusal_of("steps = 1\nsteps = 2\n"), "each of them once"));
  EXPECT_TRUE(contains(refusal_of("steps = 99999999999999999999999\n"), "o.toml"));
}

TEST(ReadTomlBounds, AListIsNoNumberAndNoText) {
  const TempFolder folder;
  int64_t size = 8;
  std::vector<int64_t> widths = {1};
  Options options;
  options.add("size", size, "of images").range(1, 64);
  options.add("widths", widths, "of layers").range(1, 64);
  const auto set = [&](const std::string& text) {
    write_file(folder / "o.toml", text);
    for (const auto& [key, value] : read_toml(folder / "o.toml")) options.set(key, value);
  };
  EXPECT_TRUE(contains(message_of<BadInput>([&] { set("size = [16]\n"); }), "expected a whole number, found '[16]'"));
  EXPECT_EQ(size, 8);
  set("size = 16\nwidths = [ 4, 8, ]\n");
  EXPECT_EQ(size, 16);
  EXPECT_EQ(widths, (std::vector<int64_t>{4, 8}));
  EXPECT_THROW(set("widths = []\n"), BadInput) << "empty by default alone";
  EXPECT_THROW(set("widths = [1.5]\n"), BadInput);
  EXPECT_THROW(set("size = -1\n"), BadInput);
  EXPECT_THROW(set("size = inf\n"), BadInput);
}

}  // namespace
}  // namespace refract
