// The command encode.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/cli/code_table.h"
#include "refract/core/files.h"
#include "tests/support/answers.h"

namespace refract {
namespace {

using nlohmann::json;
using testing_support::answer;
using testing_support::example;
using testing_support::expect_starts;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

TEST(EncodeCommand, WritesArraysOrLines) {
  const Folder folder;
  const json archive =
      answer({"encode", tiny_run().string(), (tiny_run() / "examples").string(), "--out", folder / "codes.npz"});
  EXPECT_EQ(archive.at("blocks").at("e"), 32);
  EXPECT_EQ(archive.at("images").size(), 8);
  expect_starts(folder / "codes.npz", "PK\x03\x04");

  answer({"encode", tiny_run().string(), example(1), example(2), "--out", folder / "codes.csv"});
  const std::string csv = read_file(folder / "codes.csv");
  EXPECT_EQ(csv.substr(0, 14), "file,e_1,e_2,e");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), ','), 3 * 64);
}

// `count` pictures of each of two classes, in sub-folders.
void fill_with_classes(const std::filesystem::path& folder, int count) {
  for (const char* name : {"happy", "sad"}) {
    std::filesystem::create_directories(folder / name);
    for (int i = 0; i < count; ++i)
      std::filesystem::copy_file(example(i % 8 + 1), folder / name / (std::to_string(i) + ".png"));
  }
}

TEST(EncodeCommand, WritesTheClassesOfSubfolders) {
  const Folder folder;
  fill_with_classes(folder / "photos", 2);
  const json encoded = answer({"encode", tiny_run().string(), (folder / "photos") + "/", "--out", folder / "a.npz"});
  EXPECT_EQ(encoded.at("classes"), json({"happy", "sad"}));
  const std::vector<std::string> classes = {"happy", "happy", "sad", "sad"};
  EXPECT_EQ(read_npz_codes(folder / "a.npz").classes, classes);
  answer({"encode", tiny_run().string(), folder / "photos", "--out", folder / "a.csv"});
  EXPECT_EQ(read_csv_codes(folder / "a.csv").classes, classes);
  // One folder alone, and a picture beside them, tell no classes.
  answer({"encode", tiny_run().string(), folder / "photos/sad", "--out", folder / "b.npz"});
  EXPECT_TRUE(read_npz_codes(folder / "b.npz").classes.empty());
  answer({"encode", tiny_run().string(), folder / "photos", example(1), "--out", folder / "c.npz"});
  EXPECT_TRUE(read_npz_codes(folder / "c.npz").classes.empty());
}

TEST(EncodeCommand, SaysWhichFilesWereIgnored) {
  const Folder folder;
  fill_with_classes(folder / "photos", 2);
  for (const char* name : {"photos/a.gif", "photos/happy/b.gif", "photos/notes.txt"})
    write_file(folder / name, "no picture");
  const Ran ran = refract({"encode", tiny_run().string(), folder / "photos", "--out", folder / "a.npz"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.err.find("3 files ignored: 2 gif, 1 txt.\n"), std::string::npos) << ran.err;
}

TEST(EncodeCommand, ClassesOfADataSetAreItsFactorsWhereItHasNoOthers) {
  const Folder folder;
  fill_with_classes(folder / "photos", 20);
  const Ran trained =
      refract({"train", "vae", "--unlabelled", folder / "photos", "--size", "16", "--widths", "4,4", "--steps", "2",
               "--batch", "4", "--threads", "1", "--no-evaluation", "--out", folder / "run"});
  ASSERT_EQ(trained.status, 0) << trained.err;
  const Ran ran = refract({"encode", folder / "run", "--factors", "--out", folder / "a.npz"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("codes and classes of 8 images"), std::string::npos) << ran.out;
  const CodeTable table = read_npz_codes(folder / "a.npz");
  EXPECT_EQ(table.factor_names, std::vector<std::string>{"class"});
  EXPECT_EQ(table.classes, (std::vector<std::string>{"happy", "happy", "sad", "sad", "happy", "happy", "sad", "sad"}));
  EXPECT_EQ(table.factors.sum().item<double>(), 4);
}

}  // namespace
}  // namespace refract
