#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "app/cli/command.h"
#include "refract/core/files.h"
#include "refract_places.h"
#include "tests/support/program.h"

namespace refract {
namespace {

TEST(Docs, TheReferenceIsCurrent) {
  const testing_support::Ran ran = testing_support::refract({"docs"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const std::string written = read_file(REFRACT_SOURCE_DIR "/docs/reference.md");
  const auto [said, stands] = std::ranges::mismatch(ran.out, written);
  EXPECT_TRUE(ran.out == written) << "docs/reference.md is not what the program prints from '"
                                  << std::string(said, std::min(said + 80, ran.out.end()))
                                  << "' on: bin/refract docs > docs/reference.md";
}

TEST(Docs, DetailsOfACommandStandOnce) {
  const testing_support::Ran ran = testing_support::refract({"docs"});
  for (const Command& command : commands()) {
    if (command.examples.empty() || command.details.empty()) continue;
    const size_t first = ran.out.find(command.details);
    ASSERT_NE(first, std::string::npos) << command.name;
    EXPECT_EQ(ran.out.find(command.details, first + 1), std::string::npos) << command.name;
  }
}

}  // namespace
}  // namespace refract
