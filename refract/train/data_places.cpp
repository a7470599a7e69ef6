#include "refract/train/data_places.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "refract/core/errors.h"
#include "refract/data/files/place.h"
#include "refract/train/manifest.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// As seen from the run's folder: now where it was then.
fs::path beside_the_run(const fs::path& place, const RunOrigin& origin, const Run& run) {
  if (origin.run.empty()) return {};
  return (fs::absolute(run.path()) / place.lexically_relative(origin.run)).lexically_normal();
}

// Where a recorded place may be, the likeliest first.
std::vector<fs::path> candidates(const fs::path& recorded, const RunOrigin& origin, const Run& run) {
  std::vector<fs::path> places;
  const auto add = [&](const fs::path& place) {
    if (!place.empty() && std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  };
  const fs::path then = origin.directory.empty() ? recorded : (origin.directory / recorded).lexically_normal();
  if (then.is_absolute()) {
    add(then);
    add(beside_the_run(then, origin, run));
  }
  if (recorded.is_absolute()) return places;
  add((fs::absolute(run.path()) / recorded).lexically_normal());
  add(fs::absolute(recorded).lexically_normal());
  return places;
}

// Sets `option` to the first of them that is there.
void take_first(const Option& option, const std::vector<fs::path>& places, const Run& run) {
  const auto found = std::find_if(places.begin(), places.end(), is_there);
  if (found != places.end()) return option.parse(found->string());
  std::vector<std::string> tried(places.size());
  std::transform(places.begin(), places.end(), tried.begin(), [](const fs::path& place) { return place.string(); });
  throw BadInput(
      fmt::format("Opening the run {}: expected its data ({}) at {}, found nothing there. Put them back, or give their "
                  "new place with --{}.",
                  run.path().string(), option.name, fmt::join(tried, " or "), option.name));
}

// An empty option stands for a usual place below the working directory, which may be another one now.
void take_usual(const Option& option, const RunOrigin& origin, const Run& run) {
  const fs::path usual = usual_place(option.name);
  if (usual.empty() || origin.directory.empty() || std::getenv(variable_of(option.name).c_str()) != nullptr) return;
  if (is_there(usual)) return;
  for (const fs::path& place : candidates(usual, origin, run))
    if (is_there(place)) return option.parse(place.string());
}

void check_named(const Settings& settings, const KeyValues& named) {
  for (const auto& [name, value] : named) {
    if (settings.data_recipe.options.has(name)) continue;
    std::vector<std::string> places;
    for (const Option& option : settings.data_recipe.options.all())
      if (is_place(option)) places.push_back("--" + option.name);
    throw BadInput(fmt::format("Looking for the data of {}: they have no option --{}. {}", settings.data, name,
                               places.empty() ? "They need no file: leave the option out."
                                              : fmt::format("Their place is {}.", fmt::join(places, " or "))));
  }
}

// `given`: the new place; null where the user names none.
void set_place(const Option& option, const std::string* given, const RunOrigin& origin, const Run& run) {
  if (given != nullptr)
    option.parse(given->empty() ? "" : fs::absolute(*given).lexically_normal().string());
  else if (option.text().empty())
    take_usual(option, origin, run);
  else
    take_first(option, candidates(option.text(), origin, run), run);
}

}  // namespace

void find_data(Settings& settings, const Run& run, const KeyValues& named) {
  check_named(settings, named);
  const RunOrigin origin = manifest_origin(run.manifest(), run.manifest_file().string());
  for (const Option& option : settings.data_recipe.options.all()) {
    const auto found =
        std::find_if(named.rbegin(), named.rend(), [&](const auto& pair) { return pair.first == option.name; });
    const std::string* given = found == named.rend() ? nullptr : &found->second;
    if (is_place(option))
      set_place(option, given, origin, run);
    else if (given != nullptr)
      option.parse(*given);
  }
}

}  // namespace refract
