// The house rules that a reader of a diff would miss: the order of the folders, and nothing from one person's machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "refract/methods/registry.h"
#include "refract_places.h"

namespace {

namespace fs = std::filesystem;

const fs::path root = REFRACT_SOURCE_DIR;

// Each includes only from itself and from those before it.
const std::vector<std::string> order = {"core",    "kernels",   "data",         "nn",   "model",   "optim",
                                        "methods", "train",     "eval",         "draw", "figures", "report",
                                        "app/cli", "app/study", "app/commands", "app"};

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> files_below(const fs::path& folder, const std::set<std::string>& extensions) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && extensions.count(entry.path().extension().string()) > 0)
      files.push_back(entry.path());
  return files;
}

// Where a folder stands; past the end for one that is not in the order.
size_t place_of(const std::string& folder) {
  return static_cast<size_t>(std::find(order.begin(), order.end(), folder) - order.begin());
}

// The folder of a path such as refract/data/files/idx.h or app/cli/help.h, as it stands in the order.
std::string folder_of(const fs::path& path) {
  auto part = path.begin();
  if (*part == "refract") return (++part)->string();
  return path.parent_path().string();
}

// The paths that a file includes from this project.
std::vector<fs::path> own_includes(const fs::path& file) {
  static const std::regex include(R"re(^\s*#\s*include\s+["<]((refract|app)/[^">]+)[">].*)re");
  std::vector<fs::path> found;
  for (const std::string& line : lines_of(file))
    if (std::smatch match; std::regex_match(line, match, include)) found.emplace_back(match[1].str());
  return found;
}

TEST(House, FoldersStandInTheOrder) {
  for (const auto& entry : fs::directory_iterator(root / "refract"))
    EXPECT_LT(place_of(entry.path().filename().string()), order.size())
        << entry.path() << " is not in the order of folders in docs/architecture.md";
}

TEST(House, FilesIncludeFromEarlierFoldersOnly) {
  size_t includes = 0;
  for (const char* top : {"refract", "app"})
    for (const fs::path& file : files_below(root / top, {".h", ".cpp"})) {
      const fs::path from = fs::relative(file, root);
      for (const fs::path& included : own_includes(file)) {
        ++includes;
        EXPECT_LE(place_of(folder_of(included)), place_of(folder_of(from)))
            << from << " includes " << included << ", whose folder comes later in the order";
      }
    }
  EXPECT_GT(includes, 0U);
}

// Method names as string literals: who needs to know a method asks the registry, or its roles. Studies say which
// methods a paper compares.
TEST(House, OnlyMethodsAndStudiesNameAMethod) {
  std::string names;
  for (const refract::MethodEntry& entry : refract::methods()) names += (names.empty() ? "" : "|") + entry.name;
  const std::regex name("\"(" + names + ")\"");
  size_t studies = 0;
  for (const char* top : {"refract", "app"})
    for (const fs::path& file : files_below(root / top, {".h", ".cpp"})) {
      if (folder_of(fs::relative(file, root)) == "methods") continue;
      const bool of_studies = file.stem().string().ends_with("studies");
      if (of_studies) ++studies;
      for (const std::string& line : lines_of(file))
        EXPECT_FALSE(!of_studies && std::regex_search(line, name)) << file << ": " << line;
    }
  EXPECT_GT(studies, 0U);
}

// The text files of the repository, without what git, editors, builds and runs leave behind.
std::vector<fs::path> repository_files() {
  const std::set<std::string> text = {"", ".h", ".cpp", ".sh", ".md", ".toml", ".txt", ".json", ".proto", ".html"};
  const std::set<std::string> left_behind = {".git", "compile_commands.json", "CMakeUserPresets.json"};
  std::vector<fs::path> files;
  for (const char* folder : {"refract", "app", "tests", "tools", "experiments", "docs", ".ci"})
    for (const fs::path& file : files_below(root / folder, text)) files.push_back(file);
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_regular_file() && left_behind.count(entry.path().filename().string()) == 0)
      files.push_back(entry.path());
  return files;
}

TEST(House, NoFileNamesAPlaceOnOneMachine) {
  // The folders people work in; the system's own (/usr, /etc, /dev, /proc, /tmp) are the same everywhere.
  static const std::regex place(R"re((^|[\s"'=(:])/(work|home|root|Users|mnt|media|opt|data|scratch)/[A-Za-z0-9._])re");
  const auto files = repository_files();
  EXPECT_GT(files.size(), 100U);
  for (const fs::path& file : files)
    for (const std::string& line : lines_of(file)) EXPECT_FALSE(std::regex_search(line, place)) << file << ": " << line;
}

TEST(House, SourcesHaveAtMost300Lines) {
  for (const char* top : {"refract", "app", "tests"})
    for (const fs::path& file : files_below(root / top, {".h", ".cpp"}))
      EXPECT_LE(lines_of(file).size(), 300U) << file << ": split it by idea";
}

}  // namespace
