#include "refract/train/checkpoint.h"

#include <ATen/ops/isfinite.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <limits>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/safetensors.h"

namespace refract {
namespace {

constexpr size_t any_size = std::numeric_limits<size_t>::max();  // weights are as many as the method has

constexpr std::string_view format_version = "1";

[[noreturn]] void refuse_checkpoint(const std::filesystem::path& file, std::string_view why) {
  throw BadInput(fmt::format("Reading checkpoint {}: {}", file.string(), why));
}

Metadata to_metadata(const CheckpointInfo& info) {
  return {{"format", std::string(format_version)},
          {"step", std::to_string(info.step)},
          {"method", info.method},
          {"threads", std::to_string(info.threads)},
          {"libtorch", info.libtorch}};
}

const std::string& text_at(const Metadata& metadata, const std::string& key, const std::filesystem::path& file) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) refuse_checkpoint(file, fmt::format("expected '{}' in its metadata, found none.", key));
  return found->second;
}

int64_t number_at(const Metadata& metadata, const std::string& key, const std::filesystem::path& file) {
  const std::string& text = text_at(metadata, key, file);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    refuse_checkpoint(file, fmt::format("expected a whole number as '{}' in its metadata, found '{}'.", key, text));
  return value;
}

CheckpointInfo info_of(const Metadata& metadata, const std::filesystem::path& file) {
  const std::string& version = text_at(metadata, "format", file);
  if (version != format_version)
    refuse_checkpoint(
        file,
        fmt::format("it has format {}, and this program reads format {}. Use the version of Refract that wrote it.",
                    version, format_version));
  return {number_at(metadata, "step", file), text_at(metadata, "method", file), number_at(metadata, "threads", file),
          text_at(metadata, "libtorch", file)};
}

NamedTensors joined(Method& method, NamedTensors (Player::*part)()) {
  NamedTensors all;
  for (Player* player : method.players())
    for (auto& entry : (player->*part)()) all.push_back(std::move(entry));
  return all;
}

void check_tensor(const Safetensors& stored, const std::string& name, const Tensor& wanted,
                  const std::filesystem::path& file) {
  const auto found = stored.tensors.find(name);
  if (found == stored.tensors.end()) refuse_checkpoint(file, fmt::format("expected a tensor '{}', found none.", name));
  const PackedTensor& tensor = found->second;
  if (tensor.type != wanted.scalar_type() || at::IntArrayRef(tensor.shape) != wanted.sizes())
    refuse_checkpoint(
        file,
        fmt::format("tensor '{}' should be {} of shape [{}], but is {} of shape [{}]. Use the options that it was "
                    "trained with.",
                    name, at::toString(wanted.scalar_type()), fmt::join(wanted.sizes(), ", "),
                    at::toString(tensor.type), fmt::join(tensor.shape, ", ")));
}

// Of weights. Adam's moments ("NAME:m", ":v", ":t") may overflow in a training whose weights are sound.
void check_finite(const Safetensors& stored, const std::filesystem::path& file) {
  for (const auto& [name, tensor] : stored.tensors)
    if (name.find(':') == std::string::npos && at::isFloatingType(tensor.type) &&
        !at::isfinite(tensor.tensor()).all().item<bool>())
      refuse_checkpoint(
          file, fmt::format(
                    "the weight '{}' holds numbers that are not finite (NaN or infinity), so the model cannot be used.",
                    name));
}

void check_no_more(const Safetensors& stored, const NamedTensors& weights, const NamedTensors& moments,
                   const std::filesystem::path& file) {
  std::map<std::string, PackedTensor, std::less<>> left = stored.tensors;
  for (const NamedTensors* part : {&weights, &moments})
    for (const auto& [name, tensor] : *part) left.erase(name);
  if (!left.empty())
    refuse_checkpoint(file,
                      fmt::format("it holds a tensor '{}', which the method does not have.", left.begin()->first));
}

}  // namespace

void save_checkpoint(const std::filesystem::path& file, Method& method, const CheckpointInfo& info) {
  NamedTensors state = joined(method, &Player::weights);
  for (auto& entry : joined(method, &Player::moments)) state.push_back(std::move(entry));
  write_file(file, pack_safetensors(to_metadata(info), state));
}

CheckpointInfo load_checkpoint(const std::filesystem::path& file, std::string_view method_name, Method& method,
                               bool with_moments) {
  const std::string bytes = read_file(file, any_size);
  const Safetensors stored = unpack_safetensors(bytes, file);
  CheckpointInfo info = info_of(stored.metadata, file);
  if (info.method != method_name)
    refuse_checkpoint(file, fmt::format("it is from the method '{}', but '{}' was expected. Give a checkpoint of '{}'.",
                                        info.method, method_name, method_name));
  const NamedTensors weights = joined(method, &Player::weights);
  const NamedTensors moments = joined(method, &Player::moments);
  check_no_more(stored, weights, moments, file);
  NamedTensors targets = weights;
  if (with_moments) targets.insert(targets.end(), moments.begin(), moments.end());
  for (const auto& [name, tensor] : targets) check_tensor(stored, name, tensor, file);
  check_finite(stored, file);

  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : targets) tensor.copy_(stored.tensors.find(name)->second.tensor());
  return info;
}

CheckpointInfo inspect_checkpoint(const std::filesystem::path& file) {
  const std::string bytes = read_file(file, any_size);
  const Safetensors stored = unpack_safetensors(bytes, file);
  check_finite(stored, file);
  return info_of(stored.metadata, file);
}

}  // namespace refract
