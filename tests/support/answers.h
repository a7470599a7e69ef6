// What commands answer on the tiny run.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace refract::testing_support
