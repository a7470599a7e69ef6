#include "refract/data/sets/named_pictures.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/idx.h"
#include "refract/data/files/image_file.h"
#include "refract/data/indexed_source.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

// By their names; what stands for itself, since it cannot be looked into, by its path.
std::map<std::string, fs::path> files_named(const PicturesWanted& wanted) {
  std::map<std::string, fs::path> files;
  std::error_code ignored;
  if (!fs::is_directory(wanted.folder, ignored)) return files;
  for (const fs::path& file : list_files(wanted.folder, wanted.wanted)) {
    const std::string name = file.filename().string();
    const auto [place, is_new] = files.emplace(wanted.wanted(name) ? name : file.string(), file);
    if (!is_new)
      throw BadInput(fmt::format("Reading {} from {}: {} is there twice, as {} and {}. Name a folder that has it once.",
                                 wanted.set, wanted.folder.string(), name, place->second.string(), file.string()));
  }
  return files;
}

std::string left_out_text(const ImageStore& images, const std::string& set) {
  if (images.skipped() == 0) return "";
  return fmt::format("{} of {} images of {} are bad and were left out.", images.skipped(),
                     images.skipped() + std::ssize(images.files()), set);
}

// Where each of the columns stands in the heading.
std::vector<size_t> places_of(const std::vector<std::string>& columns, const Cells& heading, const TextLines& lines) {
  std::vector<size_t> places;
  for (const std::string& column : columns) {
    const auto found = std::find(heading.begin(), heading.end(), column);
    if (found == heading.end()) lines.refuse(fmt::format("a heading with the columns {}", fmt::join(columns, ", ")));
    places.push_back(static_cast<size_t>(found - heading.begin()));
  }
  return places;
}

std::vector<std::string> names_in(TextLines& lines, const std::vector<std::string>& columns, const RowName& name) {
  Cells cells;
  if (!lines.next(cells)) lines.refuse(fmt::format("a heading with the columns {}", fmt::join(columns, ", ")));
  const size_t width = cells.size();
  const std::vector<size_t> places = places_of(columns, cells, lines);
  std::vector<std::string> names;
  while (lines.next(cells)) {
    if (cells.size() != width) lines.refuse(fmt::format("{} cells, found {}", width, cells.size()));
    Cells chosen;
    for (const size_t place : places) chosen.push_back(cells[place]);
    names.push_back(name(chosen, lines));
  }
  return names;
}

// Of the pictures whose numbers are given, [N, 1, H, W] uint8.
Tensor fitted_pictures(const Tensor& pictures, const Indices& numbers, const Space& space) {
  Tensor fitted = at::empty(space.batch(std::ssize(numbers)), at::kByte);
  for (size_t k = 0; k < numbers.size(); ++k)
    fitted[static_cast<int64_t>(k)].copy_(fit_gray(pictures[numbers[k]], space));
  return fitted;
}

}  // namespace

NamedPictures pictures_of_files(const PicturesWanted& wanted, const ImageStore::How& how) {
  Paths listed;
  for (const auto& [name, file] : files_named(wanted)) listed.push_back(file);
  if (listed.empty()) return {};
  const auto images = std::make_shared<const ImageStore>(listed, wanted.folder, wanted.space, how);
  NamedPictures pictures;
  for (const fs::path& file : images->files()) pictures.names.push_back(file.filename().string());
  pictures.copy = [images](int64_t image, float* out) { images->copy(image, out); };
  pictures.checksums[fmt::format("images ({} files)", images->files().size())] = images->checksum();
  pictures.note = left_out_text(*images, wanted.set);
  if (!images->note().empty()) pictures.note += fmt::format("{}{}", pictures.note.empty() ? "" : " ", images->note());
  return pictures;
}

NamedPictures pictures_of_idx(const PicturesWanted& wanted, const std::vector<std::string>& columns,
                              const RowName& name) {
  fs::path file = wanted.folder / "images.idx";
  if (!fs::exists(file)) file += ".gz";
  if (!fs::exists(file)) return {};
  const IdxFile images = read_idx_images(file);
  TextLines lines(wanted.folder / "labels.csv");
  const std::vector<std::string> names = names_in(lines, columns, name);
  if (std::ssize(names) != images.data.size(0))
    throw BadInput(
        fmt::format("Reading {} from {}: {} has {} images, but labels.csv has {} rows. Take both files from the same "
                    "distribution.",
                    wanted.set, wanted.folder.string(), file.filename().string(), images.data.size(0), names.size()));
  NamedPictures pictures;
  Indices numbers;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!wanted.wanted(names[i])) continue;
    numbers.push_back(static_cast<int64_t>(i));
    pictures.names.push_back(names[i]);
  }
  pictures.copy = from_bytes(fitted_pictures(images.data, numbers, wanted.space));
  pictures.checksums = {{"images.idx", images.sha256}, {"labels.csv", lines.sha256()}};
  return pictures;
}

}  // namespace refract
