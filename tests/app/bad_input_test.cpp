// Each kind of bad input: a sentence that names it, exit code 2, nothing half-written.
#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;
using testing_support::tiny_run;

class BadInputs : public ::testing::Test {
 protected:
  // Expects a refusal that names all of `named`, with nothing new in the folder.
  void expect_refused(const std::vector<std::string>& words, const std::vector<std::string>& named) {
    const auto before = files();
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(files(), before);
    for (const std::string& name : named)
      EXPECT_NE(ran.err.find(name), std::string::npos) << "expected '" << name << "' in: " << ran.err;
  }

  // Trains a tiny model on image folders; `more` goes before the folder of the run.
  void expect_training_refused(const std::vector<std::string>& more, const std::vector<std::string>& named) {
    std::vector<std::string> words = {"train", "srbvae",  "--size", "16",      "--widths",
                                      "4,4",   "--steps", "1",      "--batch", "2"};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--out", folder_ / "run"});
    expect_refused(words, named);
  }

  // A folder of eight good images.
  std::string images(const std::string& name) {
    fs::copy(tiny_run() / "examples", folder_ / name);
    return folder_ / name;
  }

  std::vector<std::string> files() {
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) all.push_back(entry.path().string());
    std::sort(all.begin(), all.end());
    return all;
  }

  Folder folder_;
};

TEST_F(BadInputs, FoldersThatAreMissingEmptyOrFiles) {
  const std::string good = images("good");
  fs::create_directories(folder_ / "empty");
  write_file(folder_ / "file.txt", "no image");
  expect_training_refused({"--unlabelled", good, "--reference", folder_ / "missing"}, {folder_ / "missing"});
  expect_training_refused({"--unlabelled", folder_ / "empty", "--reference", good}, {folder_ / "empty"});
  expect_training_refused({"--unlabelled", good, "--reference", folder_ / "file.txt"}, {"file.txt"});
  expect_training_refused({"--reference", good}, {"--unlabelled"});
  expect_refused({"encode", tiny_run().string(), folder_ / "missing", "--out", folder_ / "codes.npz"},
                 {folder_ / "missing"});
}

TEST_F(BadInputs, ACorruptImageAmongGoodOnesIsNamedOrSkippedAndCounted) {
  const std::string good = images("good");
  const std::string mixed = images("mixed");
  write_file(mixed + "/broken.png", read_file(mixed + "/score-1.png").substr(0, 60));
  expect_training_refused({"--unlabelled", mixed, "--reference", good}, {"broken.png", "--skip-bad-images"});
  expect_refused({"encode", tiny_run().string(), mixed, "--out", folder_ / "codes.npz"}, {"broken.png"});

  const Ran trained =
      refract({"train", "srbvae", "--unlabelled", mixed, "--reference", good, "--skip-bad-images", "--size", "16",
               "--widths", "4,4", "--steps", "1", "--batch", "2", "--out", folder_ / "run"});
  EXPECT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.err.find("1 bad file"), std::string::npos) << trained.err;
  const Ran encoded =
      refract({"encode", tiny_run().string(), mixed, "--skip-bad-images", "--out", folder_ / "codes.npz"});
  EXPECT_EQ(encoded.status, 0) << encoded.err;
  EXPECT_NE(encoded.err.find("1 bad file"), std::string::npos) << encoded.err;
}

TEST_F(BadInputs, NamesThatWouldMoveTheCursorAreShownEscaped) {
  const std::string mixed = images("mixed");
  write_file(mixed + "/\x1b[2J\nall is well\xff.png", "no image");
  for (const Ran& ran :
       {refract({"encode", tiny_run().string(), mixed, "--out", folder_ / "codes.npz"}),
        refract({"\x1b[2J\nall is well\xff"}), refract({"encode", tiny_run().string(), "\x1b[2J\nall is well\xff"}),
        refract({"encode", tiny_run().string(), mixed, "--skip-bad-images", "--out", folder_ / "codes.npz"})}) {
    EXPECT_NE(ran.err.find("\\x1b[2J\\nall is well\\xff"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find('\x1b'), std::string::npos);
    EXPECT_EQ(ran.err.find("\nall"), std::string::npos);
  }
}

TEST_F(BadInputs, NoReferenceSetForAMethodThatNeedsOne) {
  expect_training_refused({"--unlabelled", images("good")}, {"reference"});
}

TEST_F(BadInputs, DamagedIdxFiles) {
  const std::string images_header("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16);
  const std::string labels_header("\0\0\x08\x01\0\0\0\x02", 8);
  const std::string pixels(2 * 28 * 28, '\x10');
  fs::create_directories(folder_ / "mnist");
  const auto write = [&](const std::string& name, const std::string& bytes) {
    write_file(folder_ / ("mnist/" + name), bytes);
  };
  for (const char* part : {"train", "t10k"}) {
    write(std::string(part) + "-images-idx3-ubyte", images_header + pixels);
    write(std::string(part) + "-labels-idx1-ubyte", labels_header + "\x01\x02");
  }
  const std::vector<std::string> words = {
      "data", "render", "digit-style", "--mnist_dir", folder_ / "mnist", "--out", folder_ / "sheet.png"};
  const std::string damaged = "train-images-idx3-ubyte";
  write(damaged, images_header + pixels.substr(1));
  expect_refused(words, {damaged});
  write(damaged, images_header + pixels + "x");
  expect_refused(words, {damaged});
  write(damaged, labels_header + "\x01\x02");
  expect_refused(words, {damaged});
  write(damaged, std::string("\0\0\x08\x03\x7f\0\0\0\0\0\x40\0\0\0\x40\0", 16));
  expect_refused(words, {damaged});
  write(damaged, images_header + pixels);
  write(damaged, images_header + pixels);
  fs::remove(folder_ / "mnist/t10k-labels-idx1-ubyte");
  expect_refused(words, {"t10k-labels-idx1-ubyte"});
}

TEST_F(BadInputs, AnExistingRunDirectory) {
  const auto into = [](const std::string& folder) {
    std::vector<std::string> words = testing_support::tiny_training("vae");
    words.insert(words.end(), {"--out", folder});
    return words;
  };
  fs::create_directories(folder_ / "run");
  expect_refused(into(folder_ / "run"), {folder_ / "run", "--out"});
  expect_refused(into(tiny_run().string()), {"resume '" + tiny_run().string() + "'", "--out"});
}

// Before the training, not after it.
TEST_F(BadInputs, AMetricThatTheDataCannotServe) {
  expect_training_refused({"--unlabelled", images("good"), "--reference", images("other"), "--metrics", "mig"},
                          {"mig", "--metrics"});
}

TEST_F(BadInputs, AConfigurationThatIsAFolderOrNoToml) {
  write_file(folder_ / "bad.toml", "steps = 3\nbatch 4\n");
  expect_refused({"train", "--config", folder_.path().string(), "--out", folder_ / "run"}, {"found a folder"});
  expect_refused({"train", "--config", folder_ / "none.toml", "--out", folder_ / "run"}, {"no such file"});
  expect_refused({"train", "--config", folder_ / "bad.toml", "--out", folder_ / "run"},
                 {"bad.toml, line 2", "batch 4"});
}

TEST_F(BadInputs, AnEmptyValueIsOneAndTakesNoOtherWord) {
  expect_training_refused({"--data", "embedded-digits", "--steps=", "--seed", "1"}, {"steps", "whole number"});
  expect_training_refused({"--data", "embedded-digits", "--widths="}, {"widths"});
  expect_refused({"info", tiny_run().string(), ""}, {"'' is one argument too many"});
}

TEST_F(BadInputs, NoRunAtThePath) {
  fs::create_directories(folder_ / "empty");
  for (const char* command : {"resume", "evaluate", "info", "sample"}) {
    expect_refused({command, folder_ / "missing"}, {folder_ / "missing"});
    expect_refused({command, folder_ / "empty"}, {folder_ / "empty"});
  }
}

TEST_F(BadInputs, ACheckpointThatIsDamagedOrOfAnotherMethod) {
  fs::copy(tiny_run(), folder_ / "run", fs::copy_options::recursive);
  std::string checkpoint;
  for (const auto& entry : fs::directory_iterator(folder_ / "run/checkpoints")) checkpoint = entry.path().string();
  std::string bytes = read_file(checkpoint);
  const std::string whole = bytes;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(checkpoint, bytes);
  expect_refused({"sample", folder_ / "run", "--out", folder_ / "samples.png"}, {checkpoint});
  expect_refused({"resume", folder_ / "run"}, {checkpoint});

  write_file(checkpoint, whole);
  std::vector<std::string> words = testing_support::tiny_training("vae");
  words.insert(words.end(), {"--out", folder_ / "vae", "--no-evaluation"});
  ASSERT_EQ(refract(words).status, 0);
  const fs::path name = fs::path(checkpoint).filename();
  fs::copy_file(checkpoint, fs::path(folder_ / "vae/checkpoints") / name, fs::copy_options::overwrite_existing);
  expect_refused({"sample", folder_ / "vae", "--out", folder_ / "samples.png"}, {name.string(), "srbvae", "vae"});
}

TEST_F(BadInputs, AConfigurationFileThatIsMissingOrNotFlat) {
  write_file(folder_ / "nested.toml", "[train]\nsteps = 3\n");
  write_file(folder_ / "broken.toml", "steps = \n");
  write_file(folder_ / "unknown.toml", "stepz = 3\n");
  for (const char* name : {"missing.toml", "nested.toml", "broken.toml"})
    expect_training_refused({"--data", "embedded-digits", "--config", folder_ / name}, {name});
  expect_training_refused({"--data", "embedded-digits", "--config", folder_ / "unknown.toml"}, {"'stepz'", "'steps'"});
}

TEST_F(BadInputs, AnInterpolationBetweenDifferentNumbersOfImagesOrOfAnUnknownBlock) {
  const std::string good = images("good");
  expect_refused({"interpolate", tiny_run().string(), good, good + "/score-1.png", "--out", folder_ / "a.gif"},
                 {"8", "1"});
  expect_refused({"interpolate", tiny_run().string(), good, good, "--block", "y", "--out", folder_ / "a.gif"},
                 {"'y'", "e", "z"});
}

}  // namespace
}  // namespace refract
