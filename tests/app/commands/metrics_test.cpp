// `refract metrics` on codes whose scores are known.
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "refract/core/files.h"
#include "refract/core/npz_writer.h"
#include "tests/eval/support.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;

const Factors& factors() {
  static const Factors all = known::factors(600, {3, 4});
  return all;
}

class Metrics : public ::testing::Test {
 protected:
  std::string written(const std::string& name, const std::vector<NpzArray>& arrays) {
    write_file(folder_ / name, npz(arrays));
    return folder_ / name;
  }

  std::string codes(const std::string& name, const Tensor& values) {
    return written(name, {npz_array("codes", values), npz_array("factors", factors().values),
                          npz_array("factor_names", {std::string("shape"), std::string("size")})});
  }

  static json answer(std::vector<std::string> words) {
    words.insert(words.begin(), "metrics");
    words.emplace_back("--json");
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::accept(ran.out) ? json::parse(ran.out) : json();
  }

  static void expect_refused(std::vector<std::string> words, const std::vector<std::string>& named) {
    words.insert(words.begin(), "metrics");
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_EQ(ran.out, "");
    for (const std::string& name : named)
      EXPECT_NE(ran.err.find(name), std::string::npos) << "expected '" << name << "' in: " << ran.err;
  }

  Folder folder_;
};

TEST_F(Metrics, EveryMetricOfCodesIsComputed) {
  const json found = answer({codes("good.npz", known::perfect(factors()))});
  std::vector<std::string> expected, names;
  for (const MetricEntry& entry : metrics())
    if (entry.score != nullptr) expected.push_back(entry.name);
  for (const json& table : found["tables"]) names.push_back(table["metric"]);
  EXPECT_EQ(names, expected);
  const json& mig = found["tables"][2];
  EXPECT_EQ(mig["columns"], json({"shape", "size", "average"}));
  EXPECT_EQ(mig["rows"][0]["name"], "good");
  EXPECT_GT(mig["rows"][0]["values"][2], 0.95);
  EXPECT_EQ(mig["rows"][1]["name"], "noise");
  EXPECT_LT(mig["rows"][1]["values"][2], 0.1);
  EXPECT_EQ(found["seed"], 0);
}

TEST_F(Metrics, SeveralFilesAreComparedWithEachOther) {
  const Tensor perfect = known::perfect(factors());
  const std::vector<std::string> files = {codes("a.npz", perfect), codes("b.npz", -perfect),
                                          codes("c.npz", known::noise(600, 3))};
  const json found = answer({files[0], files[1], files[2], "--only", "mig,udr", "--seed", "3"});
  ASSERT_EQ(found["tables"].size(), 2U);
  EXPECT_EQ(found["tables"][0]["rows"].size(), 4U);
  const json& udr = found["tables"][1];
  EXPECT_EQ(udr["columns"], json({"a", "b", "c", "median"}));
  EXPECT_GT(udr["rows"][0]["values"][1], 0.85);
  EXPECT_LT(udr["rows"][0]["values"][2], 0.2);
  EXPECT_EQ(found["seed"], 3);
}

TEST_F(Metrics, TablesGoToAFileOnRequest) {
  const std::string file = codes("good.npz", known::perfect(factors()));
  const Ran ran = refract({"metrics", file, "--only", "irs", "--out", folder_ / "table.json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("Interventional robustness"), std::string::npos);
  EXPECT_NE(ran.out.find("good"), std::string::npos);
  EXPECT_EQ(json::parse(read_file(folder_ / "table.json"))["tables"][0]["metric"], "irs");
  expect_refused({file, "--only", "irs", "--out", folder_ / "table.json"}, {"table.json", "--overwrite"});
}

// Whole numbers make a factor discrete; one fraction makes it real-valued.
TEST_F(Metrics, WholeNumbersAreDiscrete) {
  const Tensor perfect = known::perfect(factors());
  const std::string discrete = codes("discrete.npz", perfect);
  const std::string real =
      written("real.npz", {npz_array("codes", perfect), npz_array("factors", factors().values * 0.3)});
  // Chance recognises one of three and one of four classes; the squared correlation of what is apart is 0.
  EXPECT_LT(answer({discrete, "--only", "sap"})["tables"][0]["rows"][0]["values"][2], 0.8);
  EXPECT_GT(answer({real, "--only", "sap"})["tables"][0]["rows"][0]["values"][2], 0.98);
}

TEST_F(Metrics, BadFilesAreNamed) {
  const NpzArray code = npz_array("codes", known::noise(600, 2));
  const NpzArray factor = npz_array("factors", factors().values);
  const std::string good = written("good.npz", {code, factor});
  write_file(folder_ / "text.npz", "no archive");
  expect_refused({folder_ / "none.npz"}, {"none.npz", "no such file"});
  expect_refused({folder_ / "text.npz"}, {"text.npz", "expected a NumPy archive"});
  expect_refused({written("a.npz", {code})}, {"a.npz", "factors or classes", "`factors`"});
  expect_refused({written("b.npz", {code, npz_array("factors", factors().values.slice(0, 0, 599))})},
                 {"b.npz", "[600, 2] and [599, 2]"});
  expect_refused({written("c.npz", {code, npz_array("factors", at::ones({600, 2}))})}, {"c.npz", "one that varies"});
  expect_refused({written("d.npz", {npz_array("codes", known::noise(600, 2) / 0.0), factor})}, {"d.npz", "infinity"});
  expect_refused({written("e.npz", {npz_array("codes", known::noise(50, 2)),
                                    npz_array("factors", factors().values.slice(0, 0, 50))})},
                 {"e.npz", "100 examples", "found 50"});
  expect_refused({written("f.npz", {code, factor, npz_array("factor_names", {std::string("one")})})},
                 {"f.npz", "factor_names", "found 1"});
  expect_refused({written("h.npz", {code, factor, npz_array("factor_names", at::zeros({2}))})},
                 {"h.npz", "factor_names", "Unicode strings"});
  expect_refused({good, written("g.npz", {code, npz_array("factors", factors().values.flip(0))})},
                 {"g.npz", "good.npz", "same examples"});
}

TEST_F(Metrics, WhatCannotBeComputedIsNamed) {
  const std::string file = codes("good.npz", known::perfect(factors()));
  expect_refused({file, "--only", "migg"}, {"'migg'", "'mig'"});
  expect_refused({file, "--only", "probe"}, {"probe", "refract evaluate RUN --metrics probe"});
  expect_refused({file, "--only", "udr"}, {"two or more models"});
}

// What `refract encode` writes.

std::vector<std::string> names_of_images(int64_t count) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) names.push_back("photos/" + std::to_string(i) + ".png");
  return names;
}

std::vector<std::string> shapes() {
  const std::vector<std::string> words = {"square", "ellipse", "heart"};
  std::vector<std::string> all;
  for (int64_t i = 0; i < 600; ++i) all.push_back(words[static_cast<size_t>(factors().values[i][0].item<double>())]);
  return all;
}

// Two permuted and flipped copies agree, whoever made them and whatever their arrays are called.
TEST_F(Metrics, UdrNeedsNoFactors) {
  const Tensor codes = known::perfect(factors());
  const std::string a = written("a.npz", {npz_array("codes", codes)});
  const std::string b = written("b.npz", {npz_array("e", -codes.slice(1, 1, 2)), npz_array("z", codes.slice(1, 0, 1)),
                                          npz_array("files", names_of_images(600))});
  const json found = answer({a, b, "--only", "udr"});
  EXPECT_GT(found["tables"][0]["rows"][0]["values"][1], 0.85);
  EXPECT_EQ(found["tables"][0]["columns"], json({"a", "b", "median"}));
  EXPECT_EQ(answer({a, b})["tables"].size(), 1U);
  const Ran ran = refract({"metrics", a, b});
  EXPECT_NE(ran.err.find("No file has factors or classes"), std::string::npos) << ran.err;
  expect_refused({a, b, "--only", "mig"}, {"mig", "factors or classes", "a.npz", "b.npz"});
}

TEST_F(Metrics, AFileWithoutFactorsHasThoseOfAnother) {
  const std::string bare = written("bare.npz", {npz_array("codes", known::perfect(factors()))});
  const std::string full = codes("full.npz", known::noise(600, 3));
  const json rows = answer({bare, full, "--only", "mig"})["tables"][0]["rows"];
  EXPECT_EQ(rows[0]["name"], "bare");
  EXPECT_GT(rows[0]["values"][2], 0.95);
  EXPECT_LT(rows[1]["values"][2], 0.1);
}

TEST_F(Metrics, BlocksAreMeasuredTogetherAndAlone) {
  const Tensor codes = known::perfect(factors());
  const std::string file = written("a.npz", {npz_array("e", codes.slice(1, 0, 1)), npz_array("z", codes.slice(1, 1, 2)),
                                             npz_array("files", names_of_images(600)), npz_array("class", shapes())});
  const json table = answer({file, "--only", "mig"})["tables"][0];
  EXPECT_EQ(table["columns"], json({"class", "average"}));
  ASSERT_EQ(table["rows"].size(), 4U);
  EXPECT_EQ(table["rows"][0]["name"], "a");
  EXPECT_EQ(table["rows"][1]["name"], "a e");
  EXPECT_GT(table["rows"][1]["values"][0], 0.95);
  EXPECT_EQ(table["rows"][2]["name"], "a z");
  EXPECT_LT(table["rows"][2]["values"][0], 0.1);
}

TEST_F(Metrics, TextAndOneDimensionalFactorsWork) {
  const std::string file =
      written("a.npz", {npz_array("codes", factors().values.select(1, 0)), npz_array("factors", shapes())});
  EXPECT_GT(answer({file, "--only", "mig"})["tables"][0]["rows"][0]["values"][0], 0.95);
}

TEST_F(Metrics, CsvIsReadAsWell) {
  const Tensor codes = known::perfect(factors());
  const std::vector<std::string> words = shapes();
  std::string text = "e_1,e_2,size,class\n";
  for (int64_t i = 0; i < 600; ++i)
    text += fmt::format("{},{},{},{}\n", codes[i][0].item<double>(), codes[i][1].item<double>(),
                        factors().values[i][1].item<double>(), words[static_cast<size_t>(i)]);
  write_file(folder_ / "a.csv", text);
  const json table = answer({folder_ / "a.csv", "--only", "mig"})["tables"][0];
  EXPECT_EQ(table["columns"], json({"size", "average"}));  // classes serve where there is no other factor
  EXPECT_GT(table["rows"][0]["values"][0], 0.95);
}

TEST_F(Metrics, FilesOfOtherImagesAreRefused) {
  std::vector<std::string> names = names_of_images(600);
  const NpzArray e = npz_array("e", known::noise(600, 2));
  const std::string a = written("a.npz", {e, npz_array("files", names)});
  std::swap(names[3], names[4]);
  expect_refused({a, written("b.npz", {e, npz_array("files", names)})},
                 {"b.npz", "a.npz", "photos/4.png in place of photos/3.png", "example 4"});
  expect_refused({a, written("c.npz", {npz_array("e", known::noise(500, 2))})}, {"c.npz", "600 examples", "500"});
}

}  // namespace
}  // namespace refract
