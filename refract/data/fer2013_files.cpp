#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/fer2013.h"
#include "refract/data/idx.h"

namespace refract {
namespace {

constexpr int64_t kSide = 48;
constexpr int64_t kPixels = kSide * kSide;
constexpr int64_t kClasses = 7;

std::string_view take_until(std::string_view& text, char end) {
  const size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

// A whole number from 0 to `most`; -1 for anything else.
int64_t number(std::string_view text, int64_t most) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= most ? value : -1;
}

class Lines {
 public:
  explicit Lines(const std::filesystem::path& file) : file_(file), text_(read_file(file)), rest_(text_) {}
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    line = take_until(rest_, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number_;
    return true;
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw BadInput(fmt::format("Reading {}, line {}: expected {}.", file_.string(), number_, expected));
  }
  [[nodiscard]] std::string sha256() const { return refract::sha256(text_); }

 private:
  std::filesystem::path file_;
  std::string text_;
  std::string_view rest_;
  int64_t number_ = 0;
};

// The place of a word among names; refuses another.
FacePart part_named(std::string_view word, const std::array<std::string_view, 3>& names, const Lines& lines) {
  const auto* found = std::find(names.begin(), names.end(), word);
  if (found == names.end())
    lines.refuse(fmt::format("'{}', '{}' or '{}', found '{}'", names[0], names[1], names[2], word));
  return static_cast<FacePart>(found - names.begin());
}

Faces from_csv(const std::filesystem::path& file) {
  Lines lines(file);
  std::string_view line;
  if (!lines.next(line) || line != "emotion,pixels,Usage") lines.refuse("the heading 'emotion,pixels,Usage'");
  std::vector<uint8_t> pixels;
  std::vector<int64_t> labels;
  Faces faces;
  while (lines.next(line)) {
    labels.push_back(number(take_until(line, ','), kClasses - 1));
    if (labels.back() < 0) lines.refuse("an emotion from 0 to 6 and a comma");
    std::string_view image = take_until(line, ',');
    const size_t before = pixels.size();
    while (!image.empty()) {
      const int64_t value = number(take_until(image, ' '), 255);
      if (value < 0) lines.refuse("pixels from 0 to 255 with a space between them");
      pixels.push_back(static_cast<uint8_t>(value));
    }
    if (pixels.size() - before != kPixels)
      lines.refuse(fmt::format("{} pixels, found {}", kPixels, pixels.size() - before));
    faces.parts.push_back(part_named(line, {"Training", "PublicTest", "PrivateTest"}, lines));
  }
  if (labels.empty()) lines.refuse("images");
  const auto count = static_cast<int64_t>(labels.size());
  faces.images = torch::tensor(pixels, at::kByte).view({count, kSide, kSide});
  faces.labels = torch::tensor(labels, at::kLong);
  faces.checksums["fer2013.csv"] = lines.sha256();
  return faces;
}

std::vector<FacePart> parts_of(Lines& lines, int64_t count) {
  std::string_view line;
  if (!lines.next(line) || line != "index,path") lines.refuse("the heading 'index,path'");
  std::vector<FacePart> parts;
  while (lines.next(line)) {
    const auto index = static_cast<int64_t>(parts.size());
    if (number(take_until(line, ','), count - 1) != index)
      lines.refuse(fmt::format("index {} of {} images in order", index, count));
    parts.push_back(part_named(take_until(line, '/'), {"train", "validation", "test"}, lines));
  }
  if (static_cast<int64_t>(parts.size()) != count) lines.refuse(fmt::format("{} images in all", count));
  return parts;
}

Faces from_idx(const std::filesystem::path& folder, const std::filesystem::path& images_file) {
  const IdxFile images = read_idx_images(images_file);
  const IdxFile labels = read_idx_labels(folder / "labels.idx");
  Lines lines(folder / "split.csv");
  Faces faces{images.data, labels.data.to(at::kLong), parts_of(lines, images.data.size(0)), {}};
  if (images.data.size(1) != kSide || images.data.size(2) != kSide)
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
                  "neither. Name the folder with --fer2013_dir.",
                  folder.string()));
}

}  // namespace refract
