// The command inpaint, and sample --by-class.
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "refract/core/files.h"
#include "refract/data/files/image_file.h"
#include "refract/draw/picture.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::answer;
using testing_support::example;
using testing_support::expect_starts;
using testing_support::kPngBegins;
using testing_support::Ran;
using testing_support::refract;

class InpaintCommand : public testing_support::PictureCommand {
 protected:
  static std::vector<std::string> inpaint(std::vector<std::string> more) {
    more.insert(more.begin(), "inpaint");
    more.insert(more.end(), {"--steps", "3"});
    return more;
  }
  json fill(const std::vector<std::string>& more, const std::string& file) { return draw(inpaint(more), file); }
  std::string filled(const std::vector<std::string>& more, const std::string& file) {
    return bytes(inpaint(more), file);
  }
  void expect_not_filled(const std::vector<std::string>& more, const std::string& named) {
    expect_refused(inpaint(more), "refused.png", named);
  }
};

TEST_F(InpaintCommand, FillsOwnPicturesAndHeldOutOnes) {
  const json own = fill({all_}, "own.png");
  expect_starts(folder_ / "own.png", kPngBegins);
  EXPECT_EQ(own.at("pictures"), 8);
  EXPECT_EQ(own.at("mask"), "right-half");
  EXPECT_GT(own.at("hidden_error"), 0);
  EXPECT_LT(own.at("hidden_error"), 2);
  const std::string held_out = filled({"--count", "3"}, "one.png");
  EXPECT_EQ(filled({"--count", "3", "--seed", "1"}, "two.png"), held_out);
  EXPECT_NE(filled({"--count", "3", "--seed", "2"}, "three.png"), held_out);
  const Ran ran = refract(with_places(inpaint({example(1)}), "text.png"));
  EXPECT_NE(ran.out.find("Mean absolute error of the hidden pixels"), std::string::npos) << ran.out << ran.err;
}

// Few pictures take long where each is searched for in many steps.
TEST_F(InpaintCommand, LongWorkIsAnnounced) {
  const auto said = [&](const char* steps) {
    const Ran ran = refract({"inpaint", run_, all_, "--steps", steps, "--overwrite", "--out", folder_ / "a.png"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.err;
  };
  EXPECT_NE(said("60").find("Reading 8 pictures and drawing 8 images on one sheet of"), std::string::npos);
  EXPECT_EQ(said("1").find("the drawing takes"), std::string::npos);
}

TEST_F(InpaintCommand, MasksAndWaysDiffer) {
  const std::string usual = filled({example(1)}, "a.png");
  EXPECT_NE(filled({example(1), "--mask", "bottom-half"}, "b.png"), usual);
  EXPECT_NE(filled({example(1), "--by", "encoding"}, "c.png"), usual);
  EXPECT_LT(fill({example(1)}, "d.png").at("width"), fill({example(1), "--raw"}, "e.png").at("width"));
  Tensor mask = at::zeros({3, 32, 32}, at::kByte);
  mask.slice(2, 16).fill_(255);
  write_file(folder_ / "mask.png", png(mask));
  EXPECT_EQ(filled({example(1), "--mask", folder_ / "mask.png"}, "f.png"), usual) << "the right half";
}

// What is visible of a file stays as it is, byte for byte.
TEST_F(InpaintCommand, WritesSeparateFilesWhoseVisiblePartIsThatOfTheOriginal) {
  const json found = fill({all_, "--separate", folder_ / "filled"}, "a.png");
  ASSERT_EQ(found.at("separate").size(), 8U);
  EXPECT_EQ(found.at("separate")[0], folder_ / "filled/score-1.png");
  const Space space = Space::square(3, 16);
  const Tensor original = read_image(example(1), space), image = read_image(folder_ / "filled/score-1.png", space);
  EXPECT_TRUE(image.slice(2, 0, 8).equal(original.slice(2, 0, 8)));
  EXPECT_FALSE(image.slice(2, 8).equal(original.slice(2, 8)));

  expect_not_filled({all_, "--separate", folder_ / "filled"}, "--overwrite");
  expect_not_filled({all_, "--separate", folder_ / "a.png"}, "folder");
  const Ran impossible = refract(with_places(inpaint({all_, "--separate", folder_ / "a.png/x"}), "late.png"));
  EXPECT_EQ(impossible.status, 1) << impossible.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "late.png")) << "known before the work";
  const json twice = fill({example(1), example(1), "--separate", folder_ / "twice"}, "b.png");
  EXPECT_EQ(twice.at("separate")[1], folder_ / "twice/score-1-2.png");
  EXPECT_EQ(fill({example(2), "--separate", folder_ / "twice", "--overwrite"}, "c.png").at("separate").size(), 1U);
}

TEST_F(InpaintCommand, RefusesWhatItCannotDo) {
  expect_not_filled({all_, "--mask", "right"}, "right-half");
  expect_not_filled({all_, "--mask", all_}, "nose-mouth");
  expect_not_filled({all_, "--by", "magic"}, "'magic'");
  expect_not_filled({folder_ / "missing.png"}, "missing.png");
  write_file(folder_ / "black.png", png(at::zeros({3, 16, 16}, at::kByte)));
  expect_not_filled({all_, "--mask", folder_ / "black.png"}, "hides none");
  write_file(folder_ / "a.png", "mine");
  const Ran ran = refract(with_places(inpaint({all_}), "a.png"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("--overwrite"), std::string::npos) << ran.err;
  EXPECT_EQ(read_file(folder_ / "a.png"), "mine");
}

TEST_F(InpaintCommand, AModelOfOneBlockFillsPictures) {
  train("vae");
  filled({example(1)}, "a.png");
  filled({example(1), "--by", "encoding", "--rounds", "1"}, "b.png");
  const Ran sample = refract({"sample", run_, "--by-class", "2", "--out", folder_ / "c.png"});
  EXPECT_EQ(sample.status, 2);
  EXPECT_NE(sample.err.find("z (whole)"), std::string::npos) << sample.err;
}

TEST_F(InpaintCommand, AModelOfClassesFillsPicturesAndIsSampledClassByClass) {
  train("partedvae");
  filled({example(1), example(2)}, "a.png");
  filled({example(1), "--starts", "1", "--by", "encoding"}, "b.png");
  const json sampled = answer({"sample", run_, "--by-class", "3", "--out", folder_ / "classes.png"});
  EXPECT_NE(sampled.at("caption").get<std::string>().find("one class"), std::string::npos) << sampled;
  expect_starts(folder_ / "classes.png", kPngBegins);
  for (const char* other : {"--panels", "--side"}) {
    const Ran both = refract({"sample", run_, "--by-class", "3", other, "2", "--out", folder_ / "both.png"});
    EXPECT_EQ(both.status, 2);
    EXPECT_NE(both.err.find(other), std::string::npos) << both.err;
  }
  // A class goes with what depends on it.
  const json swapped = answer({"swap", run_, all_, "--block", "c", "--out", folder_ / "swap.png"});
  EXPECT_NE(swapped.at("caption").get<std::string>().find("takes c and u from"), std::string::npos) << swapped;
  answer({"transfer", run_, "--target", all_, "--common", all_, "--block", "c", "--out", folder_ / "transfer.png"});
  EXPECT_EQ(read_file(folder_ / "transfer.png"), read_file(folder_ / "swap.png"));
  const json drawn = answer(
      {"figures", run_, "--only", "class-interpolations,class-traversals,inpainting", "--out", folder_ / "figures"});
  EXPECT_EQ(drawn.at("files").size(), 3U);
}

// A run on a table writes rows.
TEST_F(InpaintCommand, RowsAreSampledClassByClassAndNotFilled) {
  std::string text = "a,b,c,d\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{},{}\n", i % 7, i % 5 + 0.5, i % 3, (i * i) % 11);
  write_file(folder_ / "rows.csv", text);
  const Ran trained =
      refract({"train", "partedvae", "--table", folder_ / "rows.csv", "--classes", "3", "--steps", "3", "--batch", "8",
               "--dense_widths", "8,8", "--threads", "1", "--no-evaluation", "--out", folder_ / "run"});
  ASSERT_EQ(trained.status, 0) << trained.err;
  run_ = folder_ / "run";
  expect_not_filled({folder_ / "rows.csv"}, "rows of 4 numbers");
  answer({"sample", run_, "--by-class", "2", "--out", folder_ / "classes.csv"});
  const std::string rows = read_file(folder_ / "classes.csv");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 7) << rows;
  EXPECT_NE(rows.find("\"c = 2, sample 1\","), std::string::npos) << rows;
}

TEST_F(InpaintCommand, SampledRowsHaveTheNamesOfTheirClasses) {
  std::string text = "a,b,kind\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{}\n", i % 7, i % 5 + 0.5, i % 2 == 0 ? "hot" : "cold");
  write_file(folder_ / "rows.csv", text);
  const Ran trained =
      refract({"train", "cvae", "--table", folder_ / "rows.csv", "--label", "kind", "--steps", "3", "--batch", "8",
               "--dense_widths", "8,8", "--threads", "1", "--no-evaluation", "--out", folder_ / "run"});
  ASSERT_EQ(trained.status, 0) << trained.err;
  answer({"sample", folder_ / "run", "--by-class", "2", "--out", folder_ / "classes.csv"});
  const std::string rows = read_file(folder_ / "classes.csv");
  for (const char* name : {"\"hot, sample 2\",", "\"cold, sample 1\","})
    EXPECT_NE(rows.find(name), std::string::npos) << rows;
}

}  // namespace
}  // namespace refract
