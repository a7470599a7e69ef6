#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/image_store.h"
#include "refract/data/sets/fer2013_files.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

struct Name {
  std::string_view name;
  int64_t number;
};

// As those who passed the faces round have named folders.
constexpr std::array<Name, 14> kEmotionNames = {{{"angry", 0},
                                                 {"anger", 0},
                                                 {"disgust", 1},
                                                 {"disgusted", 1},
                                                 {"fear", 2},
                                                 {"fearful", 2},
                                                 {"happy", 3},
                                                 {"happiness", 3},
                                                 {"sad", 4},
                                                 {"sadness", 4},
                                                 {"surprise", 5},
                                                 {"surprised", 5},
                                                 {"neutral", 6},
                                                 {"neutrality", 6}}};
constexpr std::array<Name, 7> kPartNames = {
    {{"train", 0}, {"training", 0}, {"validation", 1}, {"valid", 1}, {"val", 1}, {"test", 2}, {"testing", 2}}};

// -1 where there is no such name; capital letters make no difference.
template <size_t n>
int64_t number_of(const std::array<Name, n>& names, const fs::path& folder) {
  std::string word = folder.filename().string();
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto* found = std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.name == word; });
  return found == names.end() ? -1 : found->number;
}

// In order of their names; those that start with a dot are passed over.
std::set<fs::path> folders_in(const fs::path& folder) {
  std::set<fs::path> folders;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator(); at.increment(ignored))
    if (at->is_directory(ignored) && !at->path().filename().string().starts_with('.')) folders.insert(at->path());
  return folders;
}

struct Listed {
  Paths files;
  std::vector<int64_t> labels;
  std::vector<FacePart> parts;
};

void add_part(const fs::path& part, Listed& listed) {
  for (const fs::path& folder : folders_in(part)) {
    const int64_t emotion = number_of(kEmotionNames, folder);
    if (emotion < 0)
      throw BadInput(
          fmt::format("Reading FER2013 from {}: expected folders named angry, disgust, fear, happy, neutral, sad and "
                      "surprise, found '{}'. Rename it, or move it away.",
                      part.string(), folder.filename().string()));
    const Paths files = list_images(folder);
    listed.files.insert(listed.files.end(), files.begin(), files.end());
    listed.labels.resize(listed.files.size(), emotion);
    listed.parts.resize(listed.files.size(), static_cast<FacePart>(number_of(kPartNames, part)));
  }
}

bool holds_emotions(const fs::path& part) {
  const std::set<fs::path> folders = folders_in(part);
  return std::any_of(folders.begin(), folders.end(),
                     [](const fs::path& folder) { return number_of(kEmotionNames, folder) >= 0; });
}

Faces read_listed(const Listed& listed, const ImageStore& images) {
  Faces faces;
  faces.images = images.bytes().squeeze(1);
  std::vector<int64_t> labels;
  for (const int64_t number : images.numbers()) {
    labels.push_back(listed.labels[static_cast<size_t>(number)]);
    faces.parts.push_back(listed.parts[static_cast<size_t>(number)]);
  }
  faces.labels = at::tensor(labels, at::kLong);
  faces.checksums[fmt::format("images ({} files)", images.files().size())] = images.checksum();
  if (images.skipped() > 0)
    faces.note =
        fmt::format("{} of {} images of FER2013 are bad and were left out.", images.skipped(), listed.files.size());
  if (!images.note().empty()) faces.note += (faces.note.empty() ? "" : " ") + images.note();
  return faces;
}

}  // namespace

std::optional<Faces> faces_of_folders(const fs::path& folder, bool skip_bad, const OnProgress& on_progress) {
  Listed listed;
  for (const fs::path& part : folders_in(folder))
    if (number_of(kPartNames, part) >= 0 && holds_emotions(part)) add_part(part, listed);
  if (std::find(listed.parts.begin(), listed.parts.end(), FacePart::train) == listed.parts.end()) return {};
  constexpr int64_t all = int64_t{1} << 40;  // 48 x 48 bytes each are held in memory, however many
  return read_listed(listed,
                     ImageStore(listed.files, folder, Space::square(1, kFaceSide), {skip_bad, all, on_progress}));
}

}  // namespace refract
