#include "refract/core/held_folder.h"

#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

namespace fs = std::filesystem;
using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

TEST(HeldFolder, IsFoundWhereItWasMovedTo) {
  const TempFolder folder;
  fs::create_directories(folder / "a/run");
  const HeldFolder held(folder / "a/run/");
  const HeldFolder copy = held;
  EXPECT_EQ(held.path(), folder / "a/run/") << "as it was given";
  fs::rename(folder / "a/run", folder / "elsewhere");
  EXPECT_EQ(held.path(), folder / "elsewhere");
  fs::create_directories(folder / "a/run");
  EXPECT_EQ(copy.path(), folder / "elsewhere") << "another folder of the old name is not it";
  fs::rename(folder / "elsewhere", folder / "a/below");
  fs::rename(folder / "a", folder / "b");
  EXPECT_EQ(held.path(), folder / "b/below");
}

TEST(HeldFolder, SaysThatItWasDeleted) {
  const TempFolder folder;
  fs::create_directory(folder / "run");
  const HeldFolder held(folder / "run");
  fs::remove(folder / "run");
  fs::create_directory(folder / "run");
  const std::string message = message_of<Error>([&] { (void)held.path(); });
  EXPECT_TRUE(contains(message, "run") && contains(message, "deleted")) << message;
}

TEST(HeldFolder, WhatCannotBeOpenedStaysAsGiven) {
  EXPECT_EQ(HeldFolder("no/such/folder").path(), "no/such/folder");
}

}  // namespace
}  // namespace refract
