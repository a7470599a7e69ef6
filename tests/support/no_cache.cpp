// Tests that are started by hand leave nothing in the user's cache either: not those that read folders, and not the
// processes that they start.
#include <gtest/gtest.h>
#include <stdlib.h>

namespace {

class NoCache : public testing::Environment {
  void SetUp() override { ::setenv("REFRACT_CACHE", "", 1); }
};

[[maybe_unused]] const testing::Environment* const no_cache = testing::AddGlobalTestEnvironment(new NoCache);

}  // namespace
