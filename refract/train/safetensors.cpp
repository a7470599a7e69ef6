#include "refract/train/safetensors.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/nesting.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "the data is copied as it lies in memory");

// The CRC's digits stand at a fixed place and count as zeros in the sum, so they are neutral to it.
constexpr std::string_view opening = R"({"__metadata__":{"crc32":")";
constexpr std::string_view blank = "00000000";
constexpr size_t length_size = sizeof(uint64_t);
constexpr size_t crc_at = length_size + opening.size();
constexpr size_t alignment = 8;

struct StoredType {
  std::string_view name;
  at::ScalarType type;
  size_t size;
};
constexpr std::array<StoredType, 4> types = {
    {{"I64", at::kLong, 8}, {"F64", at::kDouble, 8}, {"F32", at::kFloat, 4}, {"U8", at::kByte, 1}}};

const StoredType& type_of(const std::string& name, at::ScalarType scalar) {
  for (const StoredType& type : types)
    if (type.type == scalar) return type;
  throw Error(
      fmt::format("Writing tensor {}: expected float, double, int64 or uint8, found {}.", name, at::toString(scalar)));
}

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view why) {
  throw BadInput(
      fmt::format("Reading checkpoint {}: it is damaged or not a checkpoint of Refract: {}.", file.string(), why));
}

// Wide types first: with the header's padding every tensor is aligned.
NamedTensors ordered(NamedTensors tensors) {
  const auto width = [](const auto& entry) { return type_of(entry.first, entry.second.scalar_type()).size; };
  std::stable_sort(tensors.begin(), tensors.end(), [&](const auto& a, const auto& b) { return width(a) > width(b); });
  return tensors;
}

std::string header_of(const Metadata& metadata, const NamedTensors& tensors) {
  Json header;
  header["__metadata__"]["crc32"] = blank;
  for (const auto& [key, value] : metadata) header["__metadata__"][key] = value;
  size_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    if (header.contains(name)) throw Error(fmt::format("Writing tensor {}: there are two of this name.", name));
    const size_t end = offset + static_cast<size_t>(tensor.numel()) * tensor.element_size();
    header[name] = {{"dtype", type_of(name, tensor.scalar_type()).name},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
  return text;
}

std::string crc_text(std::string_view bytes) {
  uint32_t crc = crc32(bytes.substr(0, crc_at));
  crc = crc32(blank, crc);
  crc = crc32(bytes.substr(crc_at + blank.size()), crc);
  return fmt::format("{:08x}", crc);
}

void check_whole(std::string_view bytes, const std::filesystem::path& file) {
  if (bytes.size() < crc_at + blank.size() || bytes.substr(length_size, opening.size()) != opening)
    refuse(file, "it does not begin as one");
  const std::string_view stored = bytes.substr(crc_at, blank.size());
  const std::string found = crc_text(bytes);
  if (stored != found) refuse(file, fmt::format("its CRC-32 should be {}, but is {}", stored, found));
}

uint64_t whole_number(const Json& json) {
  if (!json.is_number_unsigned()) throw std::invalid_argument("a length is not a whole number");
  return json.get<uint64_t>();
}

PackedTensor parse_tensor(const Json& entry, std::string_view data) {
  const auto name = entry.at("dtype").get<std::string>();
  const auto* const type =
      std::find_if(types.begin(), types.end(), [&](const StoredType& t) { return t.name == name; });
  if (type == types.end()) throw std::invalid_argument("a tensor has the unknown type " + name);
  PackedTensor tensor{type->type, {}, {}};
  uint64_t bytes = type->size;
  for (const Json& dimension : entry.at("shape")) {
    const uint64_t length = whole_number(dimension);
    if (length > 0 && bytes > data.size() / length) throw std::invalid_argument("a tensor is longer than the file");
    bytes *= length;
    tensor.shape.push_back(static_cast<int64_t>(length));
  }
  const uint64_t begin = whole_number(entry.at("data_offsets").at(0));
  const uint64_t end = whole_number(entry.at("data_offsets").at(1));
  if (begin > end || end > data.size() || end - begin != bytes)
    throw std::invalid_argument("a tensor's place does not fit its shape");
  tensor.data = data.substr(begin, bytes);
  return tensor;
}

// Every byte of the data belongs to exactly one tensor.
void check_covered(const Safetensors& parsed, std::string_view data) {
  std::vector<std::string_view> pieces;
  for (const auto& [name, tensor] : parsed.tensors) pieces.push_back(tensor.data);
  std::sort(pieces.begin(), pieces.end(),
            [](auto a, auto b) { return std::pair(a.data(), a.size()) < std::pair(b.data(), b.size()); });
  const char* next = data.data();
  for (const std::string_view piece : pieces) {
    if (piece.data() != next) throw std::invalid_argument("its tensors leave a gap or overlap");
    next += piece.size();
  }
  if (next != data.data() + data.size()) throw std::invalid_argument("there are bytes behind the last tensor");
}

Safetensors parse(std::string_view bytes, const std::filesystem::path& file) {
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_size);
  if (length > bytes.size() - length_size) throw std::invalid_argument("its header is longer than the file");
  const std::string_view data = bytes.substr(length_size + length);
  check_json_bounds(bytes.substr(length_size, length), file.string());
  const Json header = Json::parse(bytes.substr(length_size, length));
  Safetensors parsed;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__")
      entry.get_to(parsed.metadata);
    else
      parsed.tensors[name] = parse_tensor(entry, data);
  }
  check_covered(parsed, data);
  return parsed;
}

}  // namespace

std::string pack_safetensors(const Metadata& metadata, const NamedTensors& tensors) {
  const NamedTensors in_order = ordered(tensors);
  const std::string header = header_of(metadata, in_order);
  size_t size = length_size + header.size();
  for (const auto& [name, tensor] : in_order) size += static_cast<size_t>(tensor.numel()) * tensor.element_size();

  std::string bytes(length_size, '\0');
  bytes.reserve(size);
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, length_size);
  bytes += header;
  for (const auto& [name, tensor] : in_order) {
    const Tensor here = tensor.detach().to(at::kCPU).contiguous();
    bytes.append(static_cast<const char*>(here.data_ptr()), here.nbytes());
  }
  bytes.replace(crc_at, blank.size(), crc_text(bytes));
  return bytes;
}

Tensor PackedTensor::tensor() const {
  Tensor copy = at::empty(shape, type);
  if (!data.empty()) std::memcpy(copy.data_ptr(), data.data(), data.size());
  return copy;
}

Safetensors unpack_safetensors(std::string_view bytes, const std::filesystem::path& file) {
  check_whole(bytes, file);
  try {
    return parse(bytes, file);
  } catch (const std::invalid_argument& error) {
    refuse(file, error.what());
  } catch (const Json::exception& error) {
    refuse(file, error.what());
  }
}

}  // namespace refract
