#include "refract/train/events.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "refract/core/errors.h"
#include "refract/train/events.pb.h"

namespace refract {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::array<uint32_t, 256> make_table() {
  constexpr uint32_t reversed_polynomial = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reversed_polynomial : 0);
    table[byte] = crc;
  }
  return table;
}

template <class Number>
std::string_view raw(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof(Number)};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

double wall_time() {
  return Seconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

// TensorBoard reads the files of a folder in the order of their names, so a name is never reused and never goes back.
std::filesystem::path unused_name(const std::filesystem::path& folder) {
  const std::string host = host_name();
  for (auto seconds = static_cast<int64_t>(wall_time());; ++seconds) {
    auto path = folder / fmt::format("events.out.tfevents.{}.{}", seconds, host);
    if (!std::filesystem::exists(path)) return path;
  }
}

events::Event event_at(int64_t step) {
  events::Event event;
  event.set_wall_time(wall_time());
  event.set_step(step);
  return event;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> table = make_table();
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~crc;
}

uint32_t masked_crc32c(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

std::string event_record(std::string_view payload) {
  const uint64_t length = payload.size();
  std::string record;
  for (const std::string_view part : {raw(length), payload}) {
    const uint32_t sum = masked_crc32c(part);
    record.append(part).append(raw(sum));
  }
  return record;
}

EventWriter::EventWriter(const std::filesystem::path& folder, int64_t first_step) {
  std::error_code ignored;  // the opening below fails and says why
  std::filesystem::create_directories(folder, ignored);
  path_ = unused_name(folder);
  stream_.open(path_, std::ios::binary | std::ios::app);
  events::Event version = event_at(0);
  version.set_file_version("brain.Event:2");
  append(version.SerializeAsString());
  events::Event start = event_at(first_step);
  start.mutable_session_log()->set_status(events::SessionLog::START);
  append(start.SerializeAsString());
}

void EventWriter::scalars(int64_t step, const Terms& terms) {
  events::Event event = event_at(step);
  for (const auto& [name, value] : terms) {
    events::Summary::Value* const entry = event.mutable_summary()->add_value();
    entry->set_tag(name);
    entry->set_simple_value(static_cast<float>(value));
  }
  append(event.SerializeAsString());
}

void EventWriter::append(const std::string& payload) {
  if (stream_ << event_record(payload) << std::flush) return;
  throw Error(
      fmt::format("Writing {}: {}. The checkpoints are intact: free some space or make the folder writable, then "
                  "`refract resume` the run.",
                  path_.string(), std::strerror(errno)));
}

}  // namespace refract
