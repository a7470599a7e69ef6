// What commands answer on the tiny run.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract::testing_support {

// Runs with --json, expects success and returns the document.
inline nlohmann::json answer(std::vector<std::string> words) {
  words.emplace_back("--json");
  const Ran ran = refract(words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(nlohmann::json::accept(ran.out)) << ran.out;
  return nlohmann::json::accept(ran.out) ? nlohmann::json::parse(ran.out) : nlohmann::json();
}

// A picture that the tiny run was scored by, from 1.
inline std::string example(int number) {
  return (tiny_run() / "examples" / ("score-" + std::to_string(number) + ".png")).string();
}

inline void expect_starts(const std::string& file, const std::string& magic) {
  EXPECT_EQ(read_file(file).substr(0, magic.size()), magic) << file;
}

inline const std::string kPngBegins = "\x89PNG\r\n";

// Commands that draw pictures for a run: the tiny one, or another that is trained.
class PictureCommand : public ::testing::Test {
 protected:
  // Adds the run behind the command and a file to write.
  std::vector<std::string> with_places(std::vector<std::string> words, const std::string& file) const {
    words.insert(words.begin() + 1, run_);
    words.insert(words.end(), {"--out", folder_ / file});
    return words;
  }
  nlohmann::json draw(const std::vector<std::string>& words, const std::string& file) const {
    return answer(with_places(words, file));
  }
  // The file that is drawn.
  std::string bytes(const std::vector<std::string>& words, const std::string& file) const {
    draw(words, file);
    expect_starts(folder_ / file, kPngBegins);
    return read_file(folder_ / file);
  }
  void expect_refused(const std::vector<std::string>& words, const std::string& file, const std::string& named) const {
    const Ran ran = refract(with_places(words, file));
    EXPECT_EQ(ran.status, 2) << words[0] << ran.out;
    EXPECT_NE(ran.err.find(named), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / file));
  }
  void train(const std::string& method) {
    std::vector<std::string> words = tiny_training(method);
    words.insert(words.end(), {"--no-evaluation", "--out", folder_ / "run"});
    const Ran ran = refract(words);
    ASSERT_EQ(ran.status, 0) << ran.err;
    run_ = folder_ / "run";
  }

  Folder folder_;
  std::string run_ = tiny_run().string();
  std::string all_ = (tiny_run() / "examples").string();
};

}  // namespace refract::testing_support
