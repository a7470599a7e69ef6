#include "app/cli/output_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

using Files = std::vector<std::filesystem::path>;

// `file` itself where there is one, else numbered.
Files numbered(const std::filesystem::path& file, size_t count) {
  if (count == 1) return {file};
  Files files;
  const std::string stem = std::filesystem::path(file).replace_extension().string();
  for (size_t i = 1; i <= count; ++i) files.emplace_back(fmt::format("{}-{}{}", stem, i, file.extension().string()));
  return files;
}

Files first_free(const std::string& stem, const std::string& kind, size_t count) {
  const auto taken = [](const std::filesystem::path& file) { return std::filesystem::exists(file); };
  Files files = numbered(stem + kind, count);
  for (int number = 2; std::any_of(files.begin(), files.end(), taken); ++number)
    files = numbered(fmt::format("{}-{}{}", stem, number, kind), count);
  return files;
}

}  // namespace

void OutputFile::declare(CLI::App& app, const std::vector<std::string>& kinds) {
  kinds_ = kinds;
  app.add_option("--out", path, fmt::format("file to write, ending in {}", fmt::join(kinds, " or ")))
      ->type_name("FILE");
  app.add_flag("--overwrite,--force", overwrite, "replace the file if it exists");
}

OutputFile OutputFile::only(const std::string& kind) const {
  OutputFile one = *this;
  one.kinds_ = {kind};
  return one;
}

std::vector<std::filesystem::path> OutputFile::resolve(const std::string& stem, size_t count) const {
  namespace fs = std::filesystem;
  if (path.empty()) return overwrite ? numbered(stem + kinds_.front(), count) : first_free(stem, kinds_.front(), count);
  const fs::path target = path;
  const std::string kind = target.extension().string();
  if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end())
    throw BadInput(fmt::format("Writing {}: expected a name that ends in {}, found '{}'. Give another --out.",
                               target.string(), fmt::join(kinds_, " or "), kind));
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(folder))
    throw BadInput(fmt::format("Writing {}: the folder {} does not exist. Make it, or give another --out.",
                               target.string(), folder.string()));
  const Files files = numbered(target, count);
  for (const fs::path& file : files) {
    if (fs::is_directory(file))
      throw BadInput(fmt::format("Writing {}: this is a folder. Give the name of a file.", file.string()));
    if (fs::exists(file) && !overwrite)
      throw BadInput(
          fmt::format("Writing {}: the file exists already. Add --overwrite, or give another --out.", file.string()));
  }
  return files;
}

}  // namespace refract
