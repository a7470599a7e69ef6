#include "refract/data/sets/mnist_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/text_lines.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kSets = {"", "balanced", "byclass", "bymerge", "digits", "letters", "mnist"};

std::string prefix_of(std::string_view set) {
  return set.empty() ? "" : fmt::format("emnist-{}-", set);
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The file under whichever of its usual names it has; empty where there is none.
fs::path find(const fs::path& folder, const std::string& stem, const std::string& format) {
  for (const char* separator : {"-", "."})
    for (const char* ending : {"", ".gz"})
      if (const fs::path path = folder / (stem + separator + format + ending); is_file(path)) return path;
  return {};
}

MnistPart idx_part(const fs::path& folder, const std::string& name) {
  return {name, find(folder, name + "-images", "idx3-ubyte"), find(folder, name + "-labels", "idx1-ubyte")};
}

bool has_any(const MnistPart& part) {
  return !part.images.empty() || !part.labels.empty();
}

MnistFiles idx_set(const fs::path& folder, std::string_view set) {
  const std::string prefix = prefix_of(set);
  MnistPart test = idx_part(folder, prefix + "test"), usual = idx_part(folder, prefix + "t10k");
  const bool renamed = has_any(test) && !has_any(usual);
  return {std::string(set), false, idx_part(folder, prefix + "train"), renamed || !set.empty() ? test : usual};
}

bool is_square(size_t count) {
  const auto side = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(count))));
  return count > 0 && side * side == count;
}

bool is_labelled_csv(const fs::path& file) {
  const std::vector<std::string> cells = first_cells(file);
  if (cells.size() < 2 || !is_square(cells.size() - 1)) return false;
  return cells.front() == "label" || number_up_to(255, cells.front()) >= 0;
}

std::string set_named_in(std::string_view prefix) {
  const auto* const found =
      std::find_if(kSets.begin() + 1, kSets.end(), [&](std::string_view set) { return prefix == prefix_of(set); });
  return found == kSets.end() ? "" : std::string(*found);
}

std::vector<MnistFiles> csv_sets(const fs::path& folder) {
  constexpr std::string_view ending = "train.csv";
  std::set<std::string> prefixes;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator(); at.increment(ignored))
    if (const std::string name = at->path().filename().string(); name.ends_with(ending) && is_labelled_csv(at->path()))
      prefixes.insert(name.substr(0, name.size() - ending.size()));
  std::vector<MnistFiles> all;
  for (const std::string& prefix : prefixes) {
    const fs::path test = folder / (prefix + "test.csv");
    all.push_back({set_named_in(prefix),
                   true,
                   {prefix + "train", folder / (prefix + "train.csv"), {}},
                   {prefix + "test", is_file(test) ? test : fs::path(), {}}});
  }
  return all;
}

std::vector<fs::path> other_places(const fs::path& folder) {
  std::set<fs::path> below;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator(); at.increment(ignored))
    if (at->is_directory(ignored)) below.insert(at->path());
  std::vector<fs::path> places;
  for (const fs::path& place : below)
    for (const fs::path& candidate : {place, place / "raw", place / "gzip"})
      if (!mnist_files_in(candidate).empty()) places.push_back(candidate);
  return places;
}

}  // namespace

std::vector<MnistFiles> mnist_files_in(const fs::path& folder) {
  std::vector<MnistFiles> all;
  for (const std::string_view set : kSets)
    if (MnistFiles files = idx_set(folder, set); has_any(files.training) || has_any(files.test))
      all.push_back(std::move(files));
  for (MnistFiles& files : csv_sets(folder)) {
    const auto same = [&](const MnistFiles& other) { return !other.csv && other.emnist == files.emnist; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(std::move(files));
  }
  return all;
}

fs::path mnist_folder(const fs::path& folder) {
  for (const fs::path& place : {folder, folder / "raw", folder / "MNIST" / "raw", folder / "MNIST"})
    if (!mnist_files_in(place).empty()) return place;
  const std::vector<fs::path> places = other_places(folder);
  if (places.size() < 2) return places.empty() ? folder : places.front();
  std::vector<std::string> names(places.size());
  std::transform(places.begin(), places.end(), names.begin(), [](const fs::path& place) { return place.string(); });
  throw BadInput(
      fmt::format("Reading MNIST from {}: expected the files of one set, found those of several, in {}. Name "
                  "one of these folders.",
                  folder.string(), fmt::join(names, ", ")));
}

}  // namespace refract
