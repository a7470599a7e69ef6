#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "refract/data/files/text_lines.h"
#include "refract/data/sets/fer2013_files.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPixels = kFaceSide * kFaceSide;

// Where the columns stand; -1 for one that is not there.
struct Columns {
  ptrdiff_t emotion = -1, pixels = -1, usage = -1;
  size_t count = 0;
};

template <class Texts>
Columns columns_of(const Texts& heading) {
  Columns columns;
  columns.count = heading.size();
  for (size_t i = 0; i < heading.size(); ++i) {
    std::string name(heading[i]);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "emotion") columns.emotion = static_cast<ptrdiff_t>(i);
    if (name == "pixels") columns.pixels = static_cast<ptrdiff_t>(i);
    if (name == "usage") columns.usage = static_cast<ptrdiff_t>(i);
  }
  return columns;
}

FacePart part_of(std::string_view usage, const TextLines& lines) {
  constexpr std::array<std::string_view, 3> names = {"Training", "PublicTest", "PrivateTest"};
  const auto* found = std::find(names.begin(), names.end(), usage);
  if (found == names.end()) lines.refuse(fmt::format("'Training', 'PublicTest' or 'PrivateTest', found '{}'", usage));
  return static_cast<FacePart>(found - names.begin());
}

void add_pixels(std::string_view text, const TextLines& lines, std::vector<uint8_t>& pixels) {
  const size_t before = pixels.size();
  while (!text.empty()) {
    const int64_t value = number_up_to(255, take_until(text, ' '));
    if (value < 0) lines.refuse("pixels from 0 to 255 with a space between them");
    pixels.push_back(static_cast<uint8_t>(value));
  }
  if (pixels.size() - before != kPixels)
    lines.refuse(fmt::format("{} pixels, found {}", kPixels, pixels.size() - before));
}

// `part` is that of all faces where the file does not say.
Faces from_csv(const fs::path& file, FacePart part = FacePart::train) {
  TextLines lines(file);
  Cells cells;
  const Columns columns = lines.next(cells) ? columns_of(cells) : Columns();
  if (columns.emotion < 0 || columns.pixels < 0)
    lines.refuse("a heading of the columns emotion, pixels and, if wanted, Usage");
  std::vector<uint8_t> pixels;
  std::vector<int64_t> labels;
  Faces faces;
  while (lines.next(cells)) {
    if (cells.size() != columns.count) lines.refuse(fmt::format("{} cells, found {}", columns.count, cells.size()));
    labels.push_back(number_up_to(kEmotions - 1, cells[static_cast<size_t>(columns.emotion)]));
    if (labels.back() < 0) lines.refuse("an emotion from 0 to 6");
    add_pixels(cells[static_cast<size_t>(columns.pixels)], lines, pixels);
    faces.parts.push_back(columns.usage < 0 ? part : part_of(cells[static_cast<size_t>(columns.usage)], lines));
  }
  if (labels.empty()) lines.refuse("images after it");
  const auto count = static_cast<int64_t>(labels.size());
  faces.images = at::tensor(pixels, at::kByte).view({count, kFaceSide, kFaceSide});
  faces.labels = at::tensor(labels, at::kLong);
  faces.checksums[file.filename().string()] = lines.sha256();
  return faces;
}

void append(Faces& faces, Faces more) {
  faces.images = at::cat({faces.images, more.images});
  faces.labels = at::cat({faces.labels, more.labels});
  faces.parts.insert(faces.parts.end(), more.parts.begin(), more.parts.end());
  faces.checksums.merge(more.checksums);
}

// test.csv of the competition was published without emotions, which makes it worth nothing here.
Faces with_test(Faces faces, const fs::path& test) {
  std::error_code ignored;
  if (!fs::is_regular_file(test, ignored)) return faces;
  if (columns_of(first_cells(test)).emotion >= 0)
    append(faces, from_csv(test, FacePart::test));
  else
    faces.note = "test.csv has no emotions and was ignored.";
  return faces;
}

// Files of the folder that end in csv, those with the usual names first.
std::vector<fs::path> csv_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator(); at.increment(ignored))
    if (at->path().extension() == ".csv" && at->is_regular_file(ignored)) files.push_back(at->path());
  const auto rank = [](const fs::path& file) {
    constexpr std::array<std::string_view, 3> usual = {"fer2013.csv", "icml_face_data.csv", "train.csv"};
    return std::find(usual.begin(), usual.end(), file.filename().string()) - usual.begin();
  };
  std::sort(files.begin(), files.end(),
            [&](const fs::path& a, const fs::path& b) { return std::pair(rank(a), a) < std::pair(rank(b), b); });
  return files;
}

}  // namespace

std::optional<Faces> faces_of_csv(const fs::path& folder) {
  const std::vector<fs::path> files = csv_files(folder);
  const auto first = [&](auto has) {
    return std::find_if(files.begin(), files.end(), [&](const fs::path& file) {
      const Columns columns = columns_of(first_cells(file));
      return columns.pixels >= 0 && columns.emotion >= 0 && has(columns);
    });
  };
  if (const auto whole = first([](const Columns& c) { return c.usage >= 0; }); whole != files.end())
    return from_csv(*whole);
  if (const auto training = first([](const Columns&) { return true; }); training != files.end())
    return with_test(from_csv(*training), folder / "test.csv");
  std::error_code ignored;
  if (fs::exists(folder / "fer2013.csv", ignored)) return from_csv(folder / "fer2013.csv");  // says what is wrong
  return {};
}

}  // namespace refract
