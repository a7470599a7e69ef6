#include "refract/data/sets/lpc_sheets.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/image_file.h"

namespace refract {
namespace {

constexpr int64_t kLpcCell = 64, kLpcTop = 4, kLpcLeft = 2, kLpcRows = 21;
constexpr std::array<int64_t, kLpcActions> kLpcLengths = {7, 8, 9, 6, kLpcLongest};  // frames of each action

struct LpcFolder {
  const char* layer;
  const char* folder;
};
constexpr std::array<LpcFolder, kLpcLayers> kLpcFolders = {
    {{"body", "body"}, {"bottom", "bottomwear"}, {"top", "topwear"}, {"hair", "hair"}, {"shoes", "shoes"}}};

// [172, 4, 60, 60] of a whole sheet.
Tensor frames_of_sheet(const Tensor& sheet) {
  Tensor frames = at::empty({kLpcFrames, 4, kLpcSide, kLpcSide}, at::kByte);
  for (int64_t k = 0; k < kLpcFrames; ++k) {
    const LpcFrame frame = lpc_frame(k);
    const int64_t y = kLpcCell * (kLpcDirections * frame.action + frame.direction) + kLpcTop;
    const int64_t x = kLpcCell * frame.number + kLpcLeft;
    frames[k].copy_(sheet.slice(1, y, y + kLpcSide).slice(2, x, x + kLpcSide));
  }
  return frames;
}

Tensor read_lpc_sheet(const std::filesystem::path& file, std::string& checksum) {
  const std::string bytes = image_bytes(file);
  const Tensor sheet = decode_with_opacity(bytes, file);
  constexpr int64_t height = kLpcRows * kLpcCell, width = kLpcLongest * kLpcCell;
  if (sheet.size(1) < height || sheet.size(2) < width)
    throw BadInput(fmt::format(
        "Reading the sprite sheet {}: expected {}x{} pixels or more, cells of {}x{}, found {}x{}. Replace or "
        "remove the file.",
        file.string(), width, height, kLpcCell, kLpcCell, sheet.size(2), sheet.size(1)));
  checksum = sha256(bytes);
  return frames_of_sheet(sheet);
}

bool shows_in_all_frames(const Tensor& frames) {
  return frames.select(1, 3).flatten(1).amax(1).ne(0).all().item<bool>();
}

// Names of sheets that are left out are added to `hidden`.
LpcLayer read_lpc_layer(const std::filesystem::path& folder, const LpcFolder& which, std::vector<std::string>& hidden,
                        std::map<std::string, std::string>& checksums) {
  LpcLayer layer;
  layer.name = which.layer;
  for (const auto& file : list_images(folder / which.folder)) {
    const std::string name = fmt::format("{}/{}", which.folder, file.filename().string());
    Tensor frames = read_lpc_sheet(file, checksums[name]);
    if (!shows_in_all_frames(frames)) {
      hidden.push_back(name);
      continue;
    }
    layer.names.push_back(file.stem().string());
    layer.sheets.push_back(std::move(frames));
  }
  if (layer.sheets.empty())
    throw BadInput(fmt::format(
        "Reading sprite sheets from {}: expected one that shows in all {} frames, found {} that do not. Add "
        "one.",
        (folder / which.folder).string(), kLpcFrames, fmt::join(hidden, ", ")));
  return layer;
}

}  // namespace

LpcFrame lpc_frame(int64_t frame) {
  int64_t action = 0;
  while (frame >= kLpcDirections * kLpcLengths.at(static_cast<size_t>(action)))
    frame -= kLpcDirections * kLpcLengths.at(static_cast<size_t>(action++));
  const int64_t length = kLpcLengths.at(static_cast<size_t>(action));
  return {action, frame / length, frame % length};
}

LpcSheets read_lpc_sheets(const std::filesystem::path& folder) {
  for (const LpcFolder& which : kLpcFolders)
    if (!std::filesystem::is_directory(folder / which.folder))
      throw BadInput(
          fmt::format("Reading sprite sheets from {}: expected the folders body, bottomwear, topwear, hair and shoes, "
                      "found no {}. Take them from https://github.com/YingzhenLi/Sprites and name the folder with "
                      "--lpc_sprites_dir.",
                      folder.string(), which.folder));
  LpcSheets sheets;
  std::vector<std::string> hidden;
  for (size_t l = 0; l < kLpcLayers; ++l)
    sheets.layers.at(l) = read_lpc_layer(folder, kLpcFolders.at(l), hidden, sheets.checksums);
  if (!hidden.empty())
    sheets.note =
        fmt::format("Sprite sheets that do not show in every frame were left out: {}.", fmt::join(hidden, ", "));
  return sheets;
}

void compose_lpc(const std::array<const uint8_t*, kLpcLayers>& layers, uint8_t* out) {
  constexpr int64_t pixels = kLpcSide * kLpcSide;
  std::fill_n(out, 3 * pixels, uint8_t{0});
  for (const uint8_t* layer : layers) {
    const uint8_t* opacity = layer + 3 * pixels;
    for (int64_t c = 0; c < 3; ++c) {
      const uint8_t* over = layer + c * pixels;
      uint8_t* under = out + c * pixels;
      for (int64_t p = 0; p < pixels; ++p) {
        const auto sum = static_cast<uint16_t>(over[p] * opacity[p] + under[p] * (255 - opacity[p]) + 128);
        under[p] = static_cast<uint8_t>((sum + (sum >> 8)) >> 8);  // sum / 255, rounded
      }
    }
  }
}

}  // namespace refract
