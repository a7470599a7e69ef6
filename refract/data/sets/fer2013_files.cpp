#include "refract/data/sets/fer2013_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/files/idx.h"
#include "refract/data/files/text_lines.h"

namespace refract {
namespace {

FacePart part_named(std::string_view word, const TextLines& lines) {
  constexpr std::array<std::string_view, 3> names = {"train", "validation", "test"};
  const auto* found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) lines.refuse(fmt::format("'train', 'validation' or 'test', found '{}'", word));
  return static_cast<FacePart>(found - names.begin());
}

std::vector<FacePart> parts_of(TextLines& lines, int64_t count) {
  std::string_view line;
  if (!lines.next(line) || line != "index,path") lines.refuse("the heading 'index,path'");
  std::vector<FacePart> parts;
  while (lines.next(line)) {
    const auto index = static_cast<int64_t>(parts.size());
    if (number_up_to(count - 1, take_until(line, ',')) != index)
      lines.refuse(fmt::format("index {} of {} images in order", index, count));
    parts.push_back(part_named(take_until(line, '/'), lines));
  }
  if (static_cast<int64_t>(parts.size()) != count) lines.refuse(fmt::format("{} images in all", count));
  return parts;
}

Faces from_idx(const std::filesystem::path& folder, const std::filesystem::path& images_file) {
  const IdxFile images = read_idx_images(images_file);
  const IdxFile labels = read_idx_labels(folder / "labels.idx");
  TextLines lines(folder / "split.csv");
  Faces faces{images.data, labels.data.to(at::kLong), parts_of(lines, images.data.size(0)), {}, ""};
  if (images.data.size(1) != kFaceSide || images.data.size(2) != kFaceSide)
    throw BadInput(fmt::format("Reading {}: expected images of 48x48, found {}x{}.", images_file.string(),
                               images.data.size(1), images.data.size(2)));
  if (faces.labels.size(0) != faces.images.size(0) || faces.labels.max().item<int64_t>() >= kEmotions)
    throw BadInput(fmt::format("Reading {}: expected {} labels from 0 to 6, found {}, the largest {}.",
                               (folder / "labels.idx").string(), faces.images.size(0), faces.labels.size(0),
                               faces.labels.max().item<int64_t>()));
  faces.checksums = {{"images.idx", images.sha256}, {"labels.idx", labels.sha256}, {"split.csv", lines.sha256()}};
  return faces;
}

}  // namespace

std::optional<Faces> faces_of_idx(const std::filesystem::path& folder) {
  for (const char* name : {"images.idx", "images.idx.gz"})
    if (std::filesystem::exists(folder / name)) return from_idx(folder, folder / name);
  return {};
}

Faces read_fer2013(const std::filesystem::path& folder, bool skip_bad, const OnProgress& on_progress) {
  for (const auto& place : {folder, folder / "fer2013", folder / "images"}) {
    if (auto faces = faces_of_csv(place)) return *std::move(faces);
    if (auto faces = faces_of_idx(place)) return *std::move(faces);
    if (auto faces = faces_of_folders(place, skip_bad, on_progress)) return *std::move(faces);
  }
  throw BadInput(
      fmt::format("Reading FER2013 from {}: expected fer2013.csv or icml_face_data.csv, or train.csv of the Kaggle "
                  "competition, or folders of images (train/angry/1.jpg), or images.idx with labels.idx and split.csv, "
                  "found none of them. Unpack the archive, and name the folder with --fer2013_dir, or in the "
                  "environment variable FER2013_DIR.",
                  folder.string()));
}

}  // namespace refract
