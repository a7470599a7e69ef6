#include "refract/core/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "refract/core/errors.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::FullDisk;
using testing_support::message_of;
using testing_support::TempFolder;

size_t entries(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(NewFolder, HasItsNameOnceItIsPublishedAndNothingIsLeftOtherwise) {
  const TempFolder folder;
  {
    NewFolder one(folder / "a/b/");
    write_file(one.path() / "x", "1");
    EXPECT_FALSE(std::filesystem::exists(folder / "a/b"));
    one.publish();
    EXPECT_EQ(read_file(folder / "a/b/x"), "1");
    const NewFolder given_up(folder / "a/c");
    write_file(given_up.path() / "x", "1");
    NewFolder taken(folder / "a/b");
    EXPECT_THROW(taken.publish(), Error);
  }
  EXPECT_EQ(entries(folder / "a"), 1U);
  EXPECT_EQ(read_file(folder / "a/b/x"), "1");
}

TEST(WriteFile, ReadsBackWhateverTheBytes) {
  const TempFolder folder;
  std::string bytes("\0\xff\r\n\0", 5);
  bytes += std::string(1 << 20, 'x');
  write_file(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a"), bytes);
  write_file(folder / "a", "");
  EXPECT_EQ(read_file(folder / "a"), "");
  EXPECT_EQ(entries(folder.path()), 1U) << "a temporary file was left";
}

TEST(WriteFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const TempFolder folder;
  write_file(folder / "a", "old");
  {
    const FullDisk full(1000);
    const std::string message = message_of<Error>([&] { write_file(folder / "a", std::string(5000, 'x')); });
    EXPECT_TRUE(contains(message, (folder / "a").string())) << message;
    EXPECT_TRUE(contains(message, "File too large")) << message;
  }
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(entries(folder.path()), 1U) << "a temporary file was left";
}

TEST(WriteFile, ANameThatIsTooLongIsTheCallersFault) {
  const TempFolder folder;
  const std::string name(300, 'a');
  EXPECT_TRUE(contains(message_of<BadInput>([&] { write_file(folder / name, "x"); }), "too long"));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { NewFolder(folder / name); }), "too long"));
}

TEST(ReadFile, ReadsNoMoreThanIsAskedFor) {
  const TempFolder folder;
  const std::string bytes(100000, 'x');
  write_file(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a", 100000), bytes);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_file(folder / "a", 99999); }), "at most 99999 bytes"));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_file("/dev/zero", 1000); }), "/dev/zero"));
}

// As large as it says it is, it would fill the memory first.
TEST(ReadFile, AFileOfTerabytesIsNotTakenIntoMemory) {
  const TempFolder folder;
  write_file(folder / "a", "x");
  std::filesystem::resize_file(folder / "a", uintmax_t{1} << 40);  // a hole
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_file(folder / "a"); }), "at most 4294967296 bytes"));
}

TEST(WriteFile, RefusesAMissingFolder) {
  const TempFolder folder;
  const std::string message = message_of<Error>([&] { write_file(folder.path() / "no" / "a", "x"); });
  EXPECT_TRUE(contains(message, "No such file or directory")) << message;
  EXPECT_EQ(entries(folder.path()), 0U);
}

TEST(WriteFile, LeavesNothingWhereItCannotRename) {
  const TempFolder folder;
  std::filesystem::create_directories(folder.path() / "a" / "b");
  EXPECT_THROW(write_file(folder / "a", "x"), Error);
  EXPECT_EQ(entries(folder.path()), 1U) << "a temporary file was left";
}

TEST(WriteFile, AReaderNeverSeesAPart) {
  const TempFolder folder;
  const std::string one(200000, '1'), two(300000, '2');
  write_file(folder / "a", one);
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) write_file(folder / "a", i % 2 == 0 ? two : one);
  });
  for (int i = 0; i < 50; ++i) {
    const std::string seen = read_file(folder / "a");
    EXPECT_TRUE(seen == one || seen == two) << seen.size() << " bytes";
  }
  writer.join();
}

TEST(ReadFile, NamesWhatIsMissing) {
  const TempFolder folder;
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_file(folder / "absent"); }), (folder / "absent").string()));
  EXPECT_THROW(read_file(folder.path()), BadInput) << "a folder is no file";
}

TEST(Sha256, MatchesThePublishedExamples) {  // FIPS 180-2, appendix B
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crc32, MatchesItsCheckValueInPiecesToo) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32("6789", crc32("12345")), 0xcbf43926U);
}

}  // namespace
}  // namespace refract
