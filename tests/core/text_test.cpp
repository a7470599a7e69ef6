#include "refract/core/text.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::message_of;

TEST(Text, NearestTakesTheSmallestEditDistance) {
  const std::vector<std::string> known = {"steps", "epochs", "batch", "learning_rate"};
  EXPECT_EQ(nearest("step", known), "steps");
  EXPECT_EQ(nearest("learning-rate", known), "learning_rate");
  EXPECT_EQ(nearest("epoch", known), "epochs");
  EXPECT_EQ(nearest("bacth", known), "batch");
  EXPECT_EQ(nearest("vea", {"hfvae", "vae"}), "vae") << "neighbours that changed places";
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Text, WhatIsFarIsNotTheNearest) {
  const std::vector<std::string> known = {"steps", "epochs", "batch"};
  EXPECT_EQ(nearest("colour", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("patches", known), "batch") << "3 of 7 letters";
  EXPECT_EQ(nearest("bxxxx", known), "") << "4 of 5 letters";
  EXPECT_EQ(nearest("vae", {"srbvae"}), "srbvae") << "half of it";
  EXPECT_EQ(nearest_told("step", known), " The nearest is 'steps'.");
  EXPECT_EQ(nearest_told("colour", known), "");
}

TEST(Text, DurationsAreShort) {
  EXPECT_EQ(duration_text(7.6), "8 s");
  EXPECT_EQ(duration_text(125), "2 min");
  EXPECT_EQ(duration_text(5400), "90 min");
  EXPECT_EQ(duration_text(3900 + 3600), "2 h 05 min");
}

TEST(Text, AnEntryIsFoundByItsNameOrTheNearestIsTold) {
  struct Entry {
    std::string name;
  };
  const std::vector<Entry> entries = {{"vae"}, {"srbvae"}};
  EXPECT_EQ(&named(entries, "method", "srbvae"), &entries[1]);
  EXPECT_EQ(message_of<BadInput>([&] { named(entries, "method", "sbvae", "`x` shows all"); }),
            "There is no method 'sbvae'. The nearest is 'srbvae'; `x` shows all.");
  EXPECT_EQ(message_of<BadInput>([&] { named(std::vector<Entry>{}, "method", "vae"); }), "There is no method 'vae'.");
  EXPECT_EQ(message_of<BadInput>([&] { named(entries, "method", "colour", "`x` shows all"); }),
            "There is no method 'colour'. `x` shows all.");
  EXPECT_EQ(message_of<BadInput>([&] { named(entries, "method", "colour"); }),
            "There is no method 'colour'. Expected vae, srbvae.");
}

TEST(Text, Utf8GoesThereAndBack) {
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  EXPECT_EQ(from_utf8(text), U"a\u00e9\u20ac\U0001f600");
  EXPECT_EQ(to_utf8(from_utf8(text)), text);
}

TEST(Text, ABeginningEndsBetweenCharacters) {
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";  // of 1, 2, 3 and 4 bytes
  const std::vector<size_t> ends = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t most = 0; most < ends.size(); ++most) EXPECT_EQ(beginning(text, most).size(), ends[most]) << most;
  EXPECT_EQ(beginning("\x80\x80\x80\x80\x80\x80", 5).size(), 2U) << "no UTF-8";
}

TEST(Text, WhatIsNoUtf8IsReplaced) {
  for (const char* bad : {"\xff", "\x80", "\xc3", "\xe0\x80\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    EXPECT_EQ(from_utf8(bad), U"\ufffd") << bad;
  EXPECT_EQ(from_utf8("\xc3!"), U"\ufffd!");
  EXPECT_EQ(to_utf8(std::u32string(1, char32_t{0xd800})), "\xef\xbf\xbd");
}

TEST(Text, WhatMovesACursorIsShownInstead) {
  EXPECT_EQ(printable("plain, \xc3\xa9 \xe2\x82\xac \\"), "plain, \xc3\xa9 \xe2\x82\xac \\");
  EXPECT_EQ(printable("a\x1b[31mb\nc\td\re\x7f"), "a\\x1b[31mb\\nc\\td\\re\\x7f");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xc2\x9b \xe2\x80\xae"), "\\u009b \\u202e");
  EXPECT_EQ(printable("caf\xe9!"), "caf\\xe9!");
  EXPECT_EQ(printable("\xef\xbf\xbd"), "\xef\xbf\xbd");
  EXPECT_EQ(printable_lines("one\n\ttwo\x07\n"), "one\n\ttwo\\x07\n");
}

TEST(CommaSeparated, TakesBlanksAwayAndQuotesAsNames) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(comma_separated("a, b ,c d"), (Parts{"a", "b", "c d"}));
  EXPECT_EQ(comma_separated(""), Parts());
  EXPECT_EQ(comma_separated(",a,,"), Parts{"a"});
  EXPECT_EQ(comma_separated("\"a,b\", \"q\"\"uote\""), (Parts{"a,b", "q\"uote"}));
}

}  // namespace
}  // namespace refract
