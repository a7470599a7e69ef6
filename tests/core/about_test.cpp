#include "refract/core/about.h"

#include <gtest/gtest.h>

namespace refract {
namespace {

TEST(About, SaysOnceWhatWasBeingDone) {
  EXPECT_EQ(about("codes.npz", "Reading ground-truth factors: expected finite numbers, found NaN."),
            "Reading ground-truth factors: expected finite numbers, found NaN. The file is codes.npz.");
  EXPECT_EQ(about("a.toml", "Reading a.toml, line 2: expected a value."), "Reading a.toml, line 2: expected a value.");
}

}  // namespace
}  // namespace refract
