#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/fer2013.h"
#include "refract/data/idx.h"
#include "refract/data/text_lines.h"

namespace refract {
namespace {

constexpr int64_t kFaceSide = 48;
constexpr int64_t kPixels = kFaceSide * kFaceSide;
constexpr int64_t kClasses = 7;

// The place of a word among names; refuses another.
FacePart part_named(std::string_view word, const std::array<std::string_view, 3>& names, const TextLines& lines) {
  const auto* found = std::find(names.begin(), names.end(), word);
  if (found == names.end())
    lines.refuse(fmt::format("'{}', '{}' or '{}', found '{}'", names[0], names[1], names[2], word));
  return static_cast<FacePart>(found - names.begin());
}

Faces from_csv(const std::filesystem::path& file) {
  TextLines lines(file);
  std::string_view line;
  if (!lines.next(line) || line != "emotion,pixels,Usage") lines.refuse("the heading 'emotion,pixels,Usage'");
  std::vector<uint8_t> pixels;
  std::vector<int64_t> labels;
  Faces faces;
  while (lines.next(line)) {
    labels.push_back(number_up_to(kClasses - 1, take_until(line, ',')));
    if (labels.back() < 0) lines.refuse("an emotion from 0 to 6 and a comma");
    std::string_view image = take_until(line, ',');
    const size_t before = pixels.size();
    while (!image.empty()) {
      const int64_t value = number_up_to(255, take_until(image, ' '));
      if (value < 0) lines.refuse("pixels from 0 to 255 with a space between them");
      pixels.push_back(static_cast<uint8_t>(value));
    }
    if (pixels.size() - before != kPixels)
      lines.refuse(fmt::format("{} pixels, found {}", kPixels, pixels.size() - before));
    faces.parts.push_back(part_named(line, {"Training", "PublicTest", "PrivateTest"}, lines));
  }
  if (labels.empty()) lines.refuse("images");
  const auto count = static_cast<int64_t>(labels.size());
  faces.images = at::tensor(pixels, at::kByte).view({count, kFaceSide, kFaceSide});
  faces.labels = at::tensor(labels, at::kLong);
  faces.checksums["fer2013.csv"] = lines.sha256();
  return faces;
}

std::vector<FacePart> parts_of(TextLines& lines, int64_t count) {
  std::string_view line;
  if (!lines.next(line) || line != "index,path") lines.refuse("the heading 'index,path'");
  std::vector<FacePart> parts;
  while (lines.next(line)) {
    const auto index = static_cast<int64_t>(parts.size());
    if (number_up_to(count - 1, take_until(line, ',')) != index)
      lines.refuse(fmt::format("index {} of {} images in order", index, count));
    parts.push_back(part_named(take_until(line, '/'), {"train", "validation", "test"}, lines));
  }
  if (static_cast<int64_t>(parts.size()) != count) lines.refuse(fmt::format("{} images in all", count));
  return parts;
}

Faces from_idx(const std::filesystem::path& folder, const std::filesystem::path& images_file) {
  const IdxFile images = read_idx_images(images_file);
  const IdxFile labels = read_idx_labels(folder / "labels.idx");
  TextLines lines(folder / "split.csv");
  Faces faces{images.data, labels.data.to(at::kLong), parts_of(lines, images.data.size(0)), {}};
  if (images.data.size(1) != kFaceSide || images.data.size(2) != kFaceSide)
    throw BadInput(fmt::format("Reading {}: expected images of 48x48, found {}x{}.", images_file.string(),
                               images.data.size(1), images.data.size(2)));
  if (faces.labels.size(0) != faces.images.size(0) || faces.labels.max().item<int64_t>() >= kClasses)
    throw BadInput(fmt::format("Reading {}: expected {} labels from 0 to 6, found {}, the largest {}.",
                               (folder / "labels.idx").string(), faces.images.size(0), faces.labels.size(0),
                               faces.labels.max().item<int64_t>()));
  faces.checksums = {{"images.idx", images.sha256}, {"labels.idx", labels.sha256}, {"split.csv", lines.sha256()}};
  return faces;
}

}  // namespace

Faces read_fer2013(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "fer2013.csv")) return from_csv(folder / "fer2013.csv");
  for (const char* name : {"images.idx", "images.idx.gz"})
    if (std::filesystem::exists(folder / name)) return from_idx(folder, folder / name);
  throw BadInput(
      fmt::format("Reading FER2013 from {}: expected fer2013.csv, or images.idx with labels.idx and split.csv, found "
                  "neither. Name the folder with --fer2013_dir, or in the environment variable FER2013_DIR.",
                  folder.string()));
}

}  // namespace refract
