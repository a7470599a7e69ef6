#include "app/output_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

std::filesystem::path first_free(const std::string& stem, const std::string& kind) {
  std::filesystem::path path = stem + kind;
  for (int number = 2; std::filesystem::exists(path); ++number) path = fmt::format("{}-{}{}", stem, number, kind);
  return path;
}

}  // namespace

void OutputFile::declare(CLI::App& app, const std::vector<std::string>& kinds) {
  kinds_ = kinds;
  app.add_option("--out", path, fmt::format("file to write, ending in {}", fmt::join(kinds, " or ")))
      ->type_name("FILE");
  app.add_flag("--overwrite,--force", overwrite, "replace the file if it exists");
}

std::filesystem::path OutputFile::resolve(const std::string& stem) const {
  namespace fs = std::filesystem;
  const fs::path target =
      path.empty() ? (overwrite ? fs::path(stem + kinds_.front()) : first_free(stem, kinds_.front())) : fs::path(path);
  const std::string kind = target.extension().string();
  if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end())
    throw BadInput(fmt::format("Writing {}: expected a name that ends in {}, found '{}'. Give another --out.",
                               target.string(), fmt::join(kinds_, " or "), kind));
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(folder))
    throw BadInput(fmt::format("Writing {}: the folder {} does not exist. Make it, or give another --out.",
                               target.string(), folder.string()));
  if (fs::is_directory(target))
    throw BadInput(fmt::format("Writing {}: this is a folder. Give the name of a file.", target.string()));
  if (fs::exists(target) && !overwrite)
    throw BadInput(
        fmt::format("Writing {}: the file exists already. Add --overwrite, or give another --out.", target.string()));
  return target;
}

}  // namespace refract
