#include "app/own_images.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <iterator>
#include <set>

#include "app/terminal.h"
#include "refract/core/files.h"

namespace refract {
namespace {

// The first folder below `root` on the way to `file`; "" where there is none.
std::string folder_below(const std::filesystem::path& root, const std::filesystem::path& file) {
  const std::filesystem::path way = file.lexically_relative(without_slash(root));
  return std::distance(way.begin(), way.end()) > 1 && *way.begin() != ".." ? way.begin()->string() : "";
}

}  // namespace

void OwnImages::declare(CLI::App& app, bool required) {
  app.add_option("IMAGES", paths, "images, or folders that are searched for them")
      ->type_name("...")
      ->required(required);
  app.add_flag("--skip-bad-images,--skip_bad_images", skip_bad, "leave out and count files that cannot be read");
}

ImagesRead OwnImages::read(const ImageShape& shape) const {
  Paths files;
  for (const std::string& path : paths)
    for (const auto& file : list_images(path)) files.push_back(file);
  ImagesRead read = read_images(files, shape, skip_bad);
  if (!read.skipped.empty())
    say(fmt::format("{} bad files were left out, the first of them {}.", read.skipped.size(),
                    read.skipped.front().string()));
  return read;
}

std::vector<std::string> OwnImages::classes(const Paths& files) const {
  std::vector<std::string> names;
  for (const std::filesystem::path& file : files) {
    std::string name;
    for (size_t i = 0; i < paths.size() && name.empty(); ++i) name = folder_below(paths[i], file);
    if (name.empty()) return {};
    names.push_back(std::move(name));
  }
  return std::set<std::string>(names.begin(), names.end()).size() > 1 ? names : std::vector<std::string>();
}

}  // namespace refract
