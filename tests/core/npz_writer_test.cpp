#include "refract/core/npz_writer.h"

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cstring>

#include "refract/core/files.h"

namespace refract {
namespace {

uint64_t little_endian(const std::string& bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i)
    value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes.at(at + i))) << 8 * i;
  return value;
}

TEST(Npz, AnArrayIsANpyFileOfVersionOne) {
  const std::string npy = npz_array("e", at::tensor({1.0F, -2.5F, 3.0F, 4.0F}).view({2, 2})).npy;
  EXPECT_EQ(npy.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const size_t header = little_endian(npy, 8, 2);
  EXPECT_EQ((10 + header) % 64, 0U);
  EXPECT_EQ(npy.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,2,), }");
  EXPECT_EQ(npy.at(10 + header - 1), '\n');
  ASSERT_EQ(npy.size(), 10 + header + 16);
  float second = 0;
  std::memcpy(&second, npy.data() + 10 + header + 4, 4);
  EXPECT_EQ(second, -2.5F);
}

TEST(Npz, TextsAreUnicodeOfTheLongestLength) {
  const std::string npy = npz_array("files", std::vector<std::string>{"a", "\xc3\xa9\xe2\x82\xac", "\xff!"}).npy;
  EXPECT_NE(npy.find("'descr': '<U2', 'fortran_order': False, 'shape': (3,), "), std::string::npos);
  const size_t values = 10 + little_endian(npy, 8, 2);
  ASSERT_EQ(npy.size(), values + 3 * 2 * 4);
  const std::vector<uint64_t> expected = {'a', 0, 0xe9, 0x20ac, 0xfffd, '!'};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(little_endian(npy, values + 4 * i, 4), expected[i]);
}

// The directory at the end leads to each entry, whose sizes and checksum hold.
TEST(Npz, TheArchiveIsAZipFileOfStoredEntries) {
  const std::vector<NpzArray> arrays = {{"e", "first"}, {"files", "second entry"}};
  const std::string zip = npz(arrays);
  const size_t end = zip.size() - 22;
  ASSERT_EQ(zip.substr(end, 4), std::string("PK\x05\x06"));
  EXPECT_EQ(little_endian(zip, end + 10, 2), arrays.size());
  size_t line = little_endian(zip, end + 16, 4);
  EXPECT_EQ(line + little_endian(zip, end + 12, 4), end);
  for (const auto& [name, content] : arrays) {
    ASSERT_EQ(zip.substr(line, 4), std::string("PK\x01\x02"));
    EXPECT_EQ(little_endian(zip, line + 10, 2), 0U);  // stored
    EXPECT_EQ(little_endian(zip, line + 16, 4), crc32(content));
    EXPECT_EQ(little_endian(zip, line + 24, 4), content.size());
    EXPECT_EQ(zip.substr(line + 46, name.size() + 4), name + ".npy");
    const size_t entry = little_endian(zip, line + 42, 4);
    EXPECT_EQ(zip.substr(entry, 4), std::string("PK\x03\x04"));
    EXPECT_EQ(zip.substr(entry + 30 + name.size() + 4, content.size()), content);
    line += 46 + name.size() + 4;
  }
  EXPECT_EQ(line, end);
}

}  // namespace
}  // namespace refract
