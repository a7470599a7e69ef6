#include "refract/train/events.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;

template <class Number>
Number take(std::string_view& bytes) {
  Number number{};
  if (bytes.size() < sizeof number) throw std::runtime_error("the file ends early");
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes.remove_prefix(sizeof number);
  return number;
}

std::string_view take_bytes(std::string_view& bytes, size_t count) {
  if (bytes.size() < count) throw std::runtime_error("the file ends early");
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return taken;
}

uint64_t take_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = take<unsigned char>(bytes);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

// The payloads of a TFRecord file, every sum checked.
std::vector<std::string> records(const std::filesystem::path& file) {
  const std::string content = read_file(file);
  std::string_view left = content;
  std::vector<std::string> payloads;
  while (!left.empty()) {
    const std::string_view length_bytes = left.substr(0, 8);
    const auto length = take<uint64_t>(left);
    EXPECT_EQ(take<uint32_t>(left), masked_crc32c(length_bytes));
    payloads.emplace_back(take_bytes(left, length));
    EXPECT_EQ(take<uint32_t>(left), masked_crc32c(payloads.back()));
  }
  return payloads;
}

struct Event {
  double wall_time = 0;
  uint64_t step = 0;
  std::string version;
  uint64_t session_status = 0;
  std::vector<std::pair<std::string, float>> values;
};

std::pair<std::string, float> parse_value(std::string_view bytes) {
  std::pair<std::string, float> value;
  while (!bytes.empty()) {
    const uint64_t key = take_varint(bytes);
    if (key == ((1U << 3) | 2U)) value.first = take_bytes(bytes, take_varint(bytes));
    if (key == ((2U << 3) | 5U)) value.second = take<float>(bytes);
  }
  return value;
}

// Protobuf's wire format by hand, with the field numbers that TensorBoard publishes.
Event parse_event(std::string_view bytes) {
  Event event;
  while (!bytes.empty()) {
    const uint64_t key = take_varint(bytes);
    if (key == ((1U << 3) | 1U)) {
      event.wall_time = take<double>(bytes);
    } else if (key == (2U << 3)) {
      event.step = take_varint(bytes);
    } else {
      std::string_view inner = take_bytes(bytes, take_varint(bytes));
      if (key == ((3U << 3) | 2U)) event.version = inner;
      if (key == ((7U << 3) | 2U) && take_varint(inner) == (1U << 3)) event.session_status = take_varint(inner);
      while (key == ((5U << 3) | 2U) && !inner.empty()) {
        EXPECT_EQ(take_varint(inner), (1U << 3) | 2U);
        event.values.push_back(parse_value(take_bytes(inner, take_varint(inner))));
      }
    }
  }
  return event;
}

// RFC 3720, B.4, and the check value of the catalogue of CRCs.
TEST(Events, Crc32cHasTheKnownValues) {
  std::string rising(32, '\0');
  std::iota(rising.begin(), rising.end(), '\0');
  const std::string falling(rising.rbegin(), rising.rend());
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(rising), 0x46dd794eU);
  EXPECT_EQ(crc32c(falling), 0x113fdb5cU);
}

// Event files that TensorFlow writes begin with the length 24 and these four bytes: a3 7f 4b 22.
TEST(Events, TheMaskedSumIsTensorFlows) {
  const std::string twenty_four("\x18\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(masked_crc32c(twenty_four), 0x224b7fa3U);
}

TEST(Events, ScalarsAreReadBack) {
  const TempFolder folder;
  EventWriter writer(folder / "events", 101);
  writer.scalars(120, {{"kl", 2.5}, {"reconstruction", -1e9}});
  writer.scalars(140, {{"kl", 0}});
  const auto payloads = records(writer.path());
  ASSERT_EQ(payloads.size(), 4);
  EXPECT_EQ(parse_event(payloads[0]).version, "brain.Event:2");
  const Event start = parse_event(payloads[1]);
  EXPECT_EQ(start.session_status, 1);
  EXPECT_EQ(start.step, 101);
  const Event first = parse_event(payloads[2]);
  EXPECT_EQ(first.step, 120);
  EXPECT_GT(first.wall_time, 1.6e9);
  EXPECT_EQ(first.values, (std::vector<std::pair<std::string, float>>{{"kl", 2.5F}, {"reconstruction", -1e9F}}));
  EXPECT_EQ(parse_event(payloads[3]).values.size(), 1);
}

TEST(Events, EveryWriterHasAFileOfItsOwnThatSortsLast) {
  const TempFolder folder;
  std::string before;
  for (int i = 0; i < 3; ++i) {
    const std::string name = EventWriter(folder.path(), 0).path().filename().string();
    EXPECT_EQ(name.rfind("events.out.tfevents.", 0), 0);
    EXPECT_GT(name, before);
    before = name;
  }
}

TEST(Events, AnImpossibleFolderIsASentence) {
  const TempFolder folder;
  write_file(folder / "file", "");
  EXPECT_TRUE(contains(message_of<Error>([&] { EventWriter(folder / "file", 0); }), "Writing"));
}

}  // namespace
}  // namespace refract
