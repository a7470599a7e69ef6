#include <gtest/gtest.h>

#include "refract/core/files.h"
#include "refract_places.h"
#include "tests/support/program.h"

namespace refract {
namespace {

TEST(Docs, TheReferenceIsCurrent) {
  const testing::Ran ran = testing::refract({"docs"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(ran.out == read_file(REFRACT_SOURCE_DIR "/docs/reference.md"))
      << "docs/reference.md is not what the program prints: bin/refract docs > docs/reference.md";
}

}  // namespace
}  // namespace refract
