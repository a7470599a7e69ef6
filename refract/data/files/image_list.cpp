// Which images a path stands for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/ignored_files.h"
#include "refract/data/files/image_file.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kExtensions = {"png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff"};

bool is_image_name(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return !extension.empty() &&
         std::count(kExtensions.begin(), kExtensions.end(), std::string_view(extension).substr(1)) > 0;
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

// A link to nothing, or to itself, that may have been a folder.
bool is_lost(const fs::directory_entry& entry) {
  std::error_code error;
  return !entry.path().has_extension() && entry.is_symlink(error) && !fs::exists(entry.path(), error);
}

class Walk {
 public:
  Walk(const fs::path& folder, const IsWanted& wanted) : wanted_(wanted) {
    enter(folder);
    std::sort(found_.begin(), found_.end());
  }
  [[nodiscard]] const Paths& found() const { return found_; }

 private:
  // Each folder once, also where links lead back to it. One that cannot be read stands for itself.
  void enter(const fs::path& folder) {
    std::error_code error, no_place;
    if (!entered_.insert(fs::canonical(folder, no_place)).second && !no_place) return;
    for (fs::directory_iterator at(folder, error); !error && at != end(at); at.increment(error)) look_at(*at);
    if (error) found_.push_back(folder);
  }

  void look_at(const fs::directory_entry& entry) {
    std::error_code ignored;
    if (is_hidden(entry.path())) return;
    if (entry.is_directory(ignored))
      enter(entry.path());
    else if (wanted_(entry.path().filename().string()) || is_lost(entry))
      found_.push_back(entry.path());
  }

  const IsWanted& wanted_;
  std::set<fs::path> entered_;
  Paths found_;
};

[[noreturn]] void refuse_empty(const fs::path& folder) {
  const std::string others = ignored_text(by_ending(ignored_files(folder, {})));
  throw BadInput(
      fmt::format("Looking for images in {}: the folder and those below hold none{}. Files that end in {} are read. "
                  "ImageMagick makes such a file of most others: `convert 'FILE[0]' FILE.png`.",
                  folder.string(), others.empty() ? "" : fmt::format(" ({})", others), image_extensions()));
}

}  // namespace

std::string image_extensions() {
  return fmt::format("{}", fmt::join(kExtensions, ", "));
}

Paths list_files(const fs::path& folder, const IsWanted& wanted) {
  return Walk(folder, wanted).found();
}

Paths list_images(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error)))
    throw BadInput(
        fmt::format("Looking for images in {}: there is no such file or folder. Check the spelling.", path.string()));
  if (!fs::is_directory(path, error)) return {path};
  Paths found = list_files(path, is_image_name);
  if (found.empty()) refuse_empty(path);
  return found;
}

}  // namespace refract
