#include "refract/data/files/ignored_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>
#include <vector>

namespace refract {
namespace {

namespace fs = std::filesystem;

std::string ending_of(const fs::path& file) {
  std::string ending = file.extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending;
}

// Every file that is not hidden, each folder once.
Paths all_files(const fs::path& folder) {
  Paths files;
  std::set<fs::path> entered;
  std::vector<fs::path> waiting = {folder};
  while (!waiting.empty()) {
    const fs::path next = std::move(waiting.back());
    waiting.pop_back();
    std::error_code ignored;
    if (!entered.insert(fs::canonical(next, ignored)).second) continue;
    for (fs::directory_iterator at(next, ignored); at != fs::directory_iterator(); at.increment(ignored)) {
      if (at->path().filename().string().starts_with('.')) continue;
      if (at->is_directory(ignored))
        waiting.push_back(at->path());
      else if (at->is_regular_file(ignored))
        files.push_back(at->path());
    }
  }
  return files;
}

}  // namespace

Paths ignored_files(const fs::path& folder, const Paths& listed) {
  const std::set<fs::path> read(listed.begin(), listed.end());
  Paths others = all_files(folder);
  std::erase_if(others, [&](const fs::path& file) { return read.contains(file); });
  return others;
}

std::map<std::string, int64_t> by_ending(const Paths& files) {
  std::map<std::string, int64_t> counts;
  std::set<fs::path> seen;
  std::error_code failed;
  for (const fs::path& file : files)
    if (seen.insert(fs::canonical(file, failed)).second) ++counts[ending_of(file)];
  return counts;
}

std::string ignored_text(const std::map<std::string, int64_t>& ignored) {
  std::vector<std::pair<std::string, int64_t>> kinds(ignored.begin(), ignored.end());
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  int64_t count = 0;
  std::vector<std::string> parts;
  for (const auto& [ending, files] : kinds) {
    count += files;
    parts.push_back(fmt::format("{} {}", files, ending.empty() ? "without an ending" : ending));
  }
  if (count == 0) return "";
  return fmt::format("{} {} ignored: {}", count, count == 1 ? "file" : "files", fmt::join(parts, ", "));
}

}  // namespace refract
