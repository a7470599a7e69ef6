#include "refract/train/safetensors.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/rand.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

NamedTensors examples() {
  return {{"bytes", at::arange(3, at::kByte)},
          {"floats", at::rand({2, 3})},
          {"scalar", at::rand({})},
          {"none", at::rand({0, 4})},
          {"doubles", at::rand({3, 1}, at::kDouble)},
          {"counter", at::arange(1, 3, at::kLong)}};
}

uint64_t header_length(const std::string& bytes) {
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return length;
}

// A file with any header and data whose CRC is right: only the header's content can be at fault.
std::string forged(const std::string& tensors, const std::string& data) {
  const std::string header = R"({"__metadata__":{"crc32":"00000000"})" + tensors + "}";
  const uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += header + data;
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return bytes.replace(bytes.find("00000000"), 8, fmt::format("{:08x}", crc));
}

std::string refusal(const std::string& bytes) {
  return message_of<BadInput>([&] { unpack_safetensors(bytes, "some-file"); });
}

TEST(Safetensors, HoldsEveryTypeAndShape) {
  const NamedTensors tensors = examples();
  const std::string bytes = pack_safetensors({{"step", "3"}}, tensors);
  const Safetensors read = unpack_safetensors(bytes, "some-file");
  EXPECT_EQ(read.metadata.at("step"), "3");
  ASSERT_EQ(read.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const Tensor copy = read.tensors.at(name).tensor();
    EXPECT_EQ(copy.scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(copy, tensor)) << name;
  }
}

// Read as the format's documentation says, with nothing of the reader under test.
TEST(Safetensors, HasTheLayoutThatOthersRead) {
  const Tensor floats = at::rand({2, 3});
  const std::string bytes = pack_safetensors({}, {{"a/w:m", floats.t()}, {"t", at::arange(5, 6, at::kLong)}});
  const uint64_t length = header_length(bytes);
  EXPECT_EQ(length % 8, 0);
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  EXPECT_EQ(header.at("a/w:m").at("dtype"), "F32");
  EXPECT_EQ(header.at("a/w:m").at("shape"), (std::vector<int>{3, 2}));
  EXPECT_EQ(header.at("t").at("dtype"), "I64");
  EXPECT_EQ(header.at("t").at("data_offsets"), (std::vector<int>{0, 8}));
  EXPECT_EQ(header.at("a/w:m").at("data_offsets"), (std::vector<int>{8, 32}));
  EXPECT_EQ(bytes.size(), 8 + length + 32);
  float last = 0;
  std::memcpy(&last, bytes.data() + bytes.size() - sizeof last, sizeof last);
  EXPECT_EQ(last, floats[1][2].item<float>());
}

TEST(Safetensors, TheSumIsThatOfTheFileWithZerosInItsPlace) {
  std::string bytes = pack_safetensors({{"method", "vae"}}, examples());
  const size_t at = bytes.find("\"crc32\":\"") + 9;
  const std::string stored = bytes.substr(at, 8);
  bytes.replace(at, 8, "00000000");
  EXPECT_EQ(stored, fmt::format("{:08x}", ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size())));
}

TEST(Safetensors, EveryFlippedBitIsNoticed) {
  const std::string bytes = pack_safetensors({{"step", "3"}}, examples());
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      ASSERT_TRUE(contains(refusal(damaged), "some-file")) << "byte " << i << " bit " << bit;
    }
}

TEST(Safetensors, EveryOtherLengthIsNoticed) {
  const std::string bytes = pack_safetensors({{"step", "3"}}, examples());
  for (size_t size = 0; size < bytes.size(); ++size) ASSERT_NE(refusal(bytes.substr(0, size)), "") << size;
  EXPECT_NE(refusal(bytes + '\0'), "");
  EXPECT_NE(refusal(bytes + bytes), "");
}

TEST(Safetensors, HeadersThatLieAreRefused) {
  const std::string four(4, 'x');
  const auto one = [](const std::string& fields) { return ",\"a\":{" + fields + "}"; };
  EXPECT_EQ(refusal(forged(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])"), four)), "");
  for (const std::string fields :
       {R"("dtype":"F33","shape":[1],"data_offsets":[0,4])",                      // unknown type
        R"("dtype":"F32","shape":[2],"data_offsets":[0,4])",                      // other length
        R"("dtype":"F32","shape":[2],"data_offsets":[0,8])",                      // past the end
        R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])",                     // negative
        R"("dtype":"F32","shape":[1],"data_offsets":[4,0])",                      // backwards
        R"("dtype":"F32","shape":[1.5],"data_offsets":[0,4])",                    // not whole
        R"("dtype":"F32","shape":[4294967296,4294967297],"data_offsets":[0,4])",  // overflows
        R"("dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,0])",   // overflows
        R"("dtype":"F32","shape":[1])", R"("shape":[1],"data_offsets":[0,4])", R"("dtype":7)", ""})
    EXPECT_NE(refusal(forged(one(fields), four)), "") << fields;
  EXPECT_NE(refusal(forged("", four)), "");  // nobody's bytes
  EXPECT_NE(refusal(forged(one(R"("dtype":"F32","shape":[1],"data_offsets":[1,5])"), four + "x")), "");  // a gap
  const std::string a = R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  const std::string b = R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_NE(refusal(forged(a + b, four)), "");  // two in one place
  EXPECT_NE(refusal(forged(",,", four)), "");   // not JSON
}

}  // namespace
}  // namespace refract
