// What holds for every row of the figure registry.
#include <gtest/gtest.h>

#include <set>

#include "refract/core/errors.h"
#include "refract/draw/picture.h"
#include "refract/figures/figure.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

const std::map<Split, int64_t> kCounts = {{Split::unlabelled, 1200},
                                          {Split::reference, 1100}};  // more than any figure shows

bool same(const Figure& a, const Figure& b) {
  if (a.frames.size() != b.frames.size()) return false;
  for (size_t i = 0; i < a.frames.size(); ++i)
    if (!a.frames[i].equal(b.frames[i])) return false;
  return a.caption == b.caption;
}

void expect_well_formed(const FigureEntry& entry, const Figure& figure) {
  EXPECT_EQ(figure.name, entry.name);
  EXPECT_FALSE(figure.title.empty() || figure.caption.empty()) << entry.name;
  ASSERT_FALSE(figure.frames.empty()) << entry.name;
  for (const Tensor& frame : figure.frames) {
    ASSERT_EQ(frame.dim(), 3) << entry.name;
    EXPECT_EQ(frame.size(0), 3) << entry.name;
    EXPECT_EQ(frame.scalar_type(), at::kByte) << entry.name;
    EXPECT_EQ(frame.sizes(), figure.frames[0].sizes()) << entry.name;
    EXPECT_TRUE(frame.ne(255).any().item<bool>()) << entry.name << " is blank";
  }
}

TEST(FigureContract, NamesAreUniqueAndDescribed) {
  std::set<std::string> names;
  for (const FigureEntry& entry : figures()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty() || entry.source.empty()) << entry.name;
    EXPECT_EQ(&figure(entry.name), &entry);
  }
}

TEST(FigureContract, UnknownNamesGetTheNearest) {
  for (const FigureEntry& entry : figures()) {
    try {
      figure(entry.name + "x");
      FAIL() << entry.name;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("'" + entry.name + "'"), std::string::npos) << error.what();
    }
  }
}

// Rows [12]: "e" is the first half, "z" the second.
fakes::FakeModel of_rows(const Space& space) {
  return {space,
          {{"e", 6, Role::target}, {"z", 6, Role::common}},
          [](const Tensor& x) {
            return Codes{x.slice(1, 0, 6), x.slice(1, 6)};
          },
          [](const Codes& codes) {
            return at::cat({codes.at(0), codes.at(1)}, 1);
          }};
}

TEST(FigureContract, DrawsEveryModelItDoesNotRefuse) {
  const fakes::FakeModel two = fakes::halves();
  const fakes::FakeModel one = fakes::whole();
  const fakes::FakeModel gray = fakes::halves(Space::square(1, 8));
  const fakes::OfClasses classes;
  const fakes::Source full(3, 2, kCounts);
  const fakes::Source without_reference(3, 2, {{Split::unlabelled, 3}});
  const fakes::Source gray_data(3, 2, kCounts, Space::square(1, 8));
  const fakes::FakeModel numbers = of_rows(Space::row(12));
  const fakes::Rows rows(kCounts, Space::row(12));
  const fakes::FakeModel wide = fakes::halves(Space::picture(3, 8, 12));
  const fakes::Source wide_data(3, 2, kCounts, Space::picture(3, 8, 12));
  for (const FigureEntry& entry : figures()) {
    const auto check = [&](const Model& model, const DataSource& data) {
      if (entry.lacks(model, data).empty()) expect_well_formed(entry, entry.draw(model, data, 1));
    };
    EXPECT_TRUE(entry.lacks(two, full).empty() || entry.lacks(classes, gray_data).empty() ||
                entry.lacks(numbers, rows).empty())
        << entry.name;
    check(numbers, rows);
    check(wide, wide_data);
    check(classes, gray_data);
    check(two, full);
    check(one, full);
    check(two, without_reference);
    check(gray, gray_data);
  }
}

TEST(FigureContract, TheSeedDecides) {
  const fakes::OfClasses model;
  const fakes::Source data(3, 2, kCounts, Space::square(1, 8));
  const fakes::FakeModel numbers = of_rows(Space::row(12));
  const fakes::Rows rows(kCounts, Space::row(12));
  for (const FigureEntry& entry : figures()) {
    const bool pictures = entry.lacks(model, data).empty();
    ASSERT_TRUE(pictures || entry.lacks(numbers, rows).empty()) << entry.name;
    const auto drawn = [&](uint64_t seed) {
      return pictures ? entry.draw(model, data, seed) : entry.draw(numbers, rows, seed);
    };
    const Figure first = drawn(1);
    at::manual_seed(99);
    EXPECT_TRUE(same(first, drawn(1))) << entry.name;
    EXPECT_FALSE(same(first, drawn(2))) << entry.name;
  }
}

TEST(FigureContract, SaysThatRowsAreNoPictures) {
  const fakes::FakeModel numbers = of_rows(Space::row(12));
  const fakes::Rows rows(kCounts, Space::row(12));
  for (const char* name : {"data", "reconstructions", "synthesize", "transfer", "swap", "samples", "interpolate",
                           "interpolation-grid", "traversals"})
    EXPECT_NE(figure(name).lacks(numbers, rows).find("rows of 12 numbers"), std::string::npos) << name;
}

TEST(FigureContract, SaysWhatTheModelLacks) {
  const fakes::FakeModel one = fakes::whole();
  const fakes::Source data(3, 2, kCounts);
  for (const char* name : {"synthesize", "transfer", "swap", "interpolation-grid", "class-samples", "class-priors",
                           "class-interpolations", "class-traversals"})
    EXPECT_NE(figure(name).lacks(one, data).find("code (whole)"), std::string::npos) << name;
  for (const char* name : {"data", "reconstructions", "samples", "interpolate", "inpainting"})
    EXPECT_EQ(figure(name).lacks(one, data), "") << name;
}

// A GAN has no encoder, and a classifier has no generator: what they cannot serve they are not asked for.
TEST(FigureContract, ModelsWithoutAnEncoderOrAGeneratorServeWhatTheyCan) {
  struct Blind : fakes::OfClasses {
    [[nodiscard]] bool encodes() const override { return false; }
    [[nodiscard]] Codes encode(const Examples& /*examples*/) const override { throw Error("asked for codes"); }
  };
  struct Mute : fakes::OfClasses {
    [[nodiscard]] bool generates() const override { return false; }
    [[nodiscard]] Tensor decode(const Codes& /*codes*/) const override { throw Error("asked for images"); }
  };
  const Blind blind;
  const Mute mute;
  const fakes::Source data(3, 2, kCounts, Space::square(1, 8));
  std::set<std::string> of_blind, of_mute;
  for (const FigureEntry& entry : figures()) {
    if (entry.lacks(blind, data).empty()) {
      expect_well_formed(entry, entry.draw(blind, data, 1));
      of_blind.insert(entry.name);
    }
    if (entry.lacks(mute, data).empty()) {
      expect_well_formed(entry, entry.draw(mute, data, 1));
      of_mute.insert(entry.name);
    }
  }
  EXPECT_EQ(of_blind, (std::set<std::string>{"data", "samples", "class-samples", "class-interpolations",
                                             "class-traversals", "inpainting"}));
  EXPECT_EQ(of_mute, (std::set<std::string>{"data", "block-map"}));
  EXPECT_NE(figure("transfer").lacks(blind, data).find("no encoder"), std::string::npos);
  EXPECT_NE(figure("samples").lacks(mute, data).find("no generator"), std::string::npos);
}

TEST(FigureContract, SaysThatThereAreNoImages) {
  const fakes::FakeModel model = fakes::halves();
  const fakes::Source empty(3, 2, {});
  for (const char* name :
       {"data", "reconstructions", "synthesize", "transfer", "swap", "interpolate", "interpolation-grid"})
    EXPECT_NE(figure(name).lacks(model, empty).find("fake"), std::string::npos) << name;
}

}  // namespace
}  // namespace refract
