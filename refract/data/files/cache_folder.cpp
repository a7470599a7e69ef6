#include "refract/data/files/cache_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace refract {
namespace {

namespace fs = std::filesystem;

struct CacheFile {
  fs::path path;
  uintmax_t bytes;
  fs::file_time_type used;
};

std::vector<CacheFile> files_in(const fs::path& folder) {
  std::vector<CacheFile> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code gone;  // another process may delete it meanwhile
    const uintmax_t bytes = at->file_size(gone);
    const fs::file_time_type used = at->last_write_time(gone);
    if (!gone) files.push_back({at->path(), bytes, used});
  }
  return files;
}

bool has_ending(const CacheFile& file, std::string_view ending) {
  return file.path.extension() == ending;
}

void remove_unfinished(const std::vector<CacheFile>& files) {
  const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::error_code ignored;
  for (const CacheFile& file : files)
    if (file.path.filename().string().find(unfinished) != std::string::npos && file.used < yesterday)
      fs::remove(file.path, ignored);
}

}  // namespace

fs::path cache_folder() {
  if (const char* named = std::getenv("REFRACT_CACHE"); named != nullptr) return named;
  if (const char* caches = std::getenv("XDG_CACHE_HOME"); caches != nullptr && fs::path(caches).is_absolute())
    return fs::path(caches) / "refract";  // relative ones are to be passed over, as the specification says
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) / ".cache" / "refract" : fs::path();
}

uintmax_t cache_bound(const fs::path& folder, std::string_view ending) {
  constexpr uintmax_t most = uintmax_t{20} << 30;
  std::error_code error;
  const fs::space_info disk = fs::space(folder, error);
  if (error) return 0;
  uintmax_t without = disk.available;
  for (const CacheFile& file : files_in(folder))
    if (has_ending(file, ending)) without += file.bytes;
  return std::min(most, without / 10);
}

bool make_room(const fs::path& folder, std::string_view ending, uintmax_t bytes, uintmax_t bound, const fs::path& but) {
  std::vector<CacheFile> files = files_in(folder);
  remove_unfinished(files);
  if (bytes > bound) return false;
  std::erase_if(files, [&](const CacheFile& file) { return !has_ending(file, ending) || file.path == but; });
  std::sort(files.begin(), files.end(), [](const CacheFile& a, const CacheFile& b) { return a.used > b.used; });
  uintmax_t taken = bytes;
  std::error_code ignored;
  for (const CacheFile& file : files)
    if ((taken += file.bytes) > bound) fs::remove(file.path, ignored);
  return true;
}

}  // namespace refract
