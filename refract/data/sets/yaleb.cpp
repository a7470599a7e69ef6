#include "refract/data/sets/yaleb.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/place.h"
#include "refract/data/indexed_source.h"
#include "refract/data/order.h"
#include "refract/data/sets/named_pictures.h"

namespace refract {
namespace {

constexpr int64_t kMostPeople = 99;  // two digits in a name
constexpr int64_t kLeastAzimuth = -130, kMostAzimuth = 130, kLeastElevation = -40, kMostElevation = 90;

using YaleBLight = std::pair<int64_t, int64_t>;  // azimuth, elevation

std::vector<YaleBName> names_of(const NamedPictures& pictures) {
  std::vector<YaleBName> names;
  for (const std::string& file : pictures.names)
    if (const auto name = yaleb_name(file)) names.push_back(*name);
  return names;
}

NamedPictures read_pictures(const YaleBOptions& options, const std::filesystem::path& folder, const Space& space,
                            const OnProgress& on_progress) {
  const std::set<int64_t> people = people_in(options.people);
  const auto wanted = [&](const std::string& file) {
    const auto name = yaleb_name(file);
    return name && people.contains(name->person);
  };
  const PicturesWanted which = {"Extended Yale B", folder, wanted, space};
  NamedPictures pictures = pictures_of_idx(which, {"path"}, [](const Cells& cells, const TextLines& /*lines*/) {
    return std::filesystem::path(cells.front()).filename().string();
  });
  if (pictures.names.empty())
    pictures = pictures_of_files(
        which, {.skip_bad = options.skip_bad_images, .on_progress = on_progress, .cache = options.cache});
  if (pictures.names.empty())
    throw BadInput(
        fmt::format("Reading Extended Yale B from {}: expected pictures of the people {} named as "
                    "yaleB11_P00A+000E+00.pgm, in it or below, or images.idx and labels.csv, found none. Unpack the "
                    "archive of the set and name its folder with --yaleb_dir.",
                    folder.string(), options.people));
  return pictures;
}

using Lights = std::map<YaleBLight, Split>;  // the part of each of a person's directions

// `held_out` of the directions, drawn by the key, fit, as many others score, and the rest goes to `rest`.
Lights parts_of(const std::set<YaleBLight>& lights, int64_t held_out, Split rest, uint64_t key) {
  const Indices order = permutation(std::ssize(lights), key);
  const std::vector<YaleBLight> all(lights.begin(), lights.end());
  Lights parts;
  for (int64_t k = 0; k < std::ssize(all); ++k)
    parts[all[static_cast<size_t>(order[static_cast<size_t>(k)])]] = k < held_out       ? Split::fit
                                                                     : k < 2 * held_out ? Split::score
                                                                                        : rest;
  return parts;
}

// Those who are held out whole.
std::set<int64_t> unseen_of(const std::vector<YaleBName>& names, int64_t count, uint64_t seed) {
  std::set<int64_t> people;
  for (const YaleBName& name : names) people.insert(name.person);
  if (count >= std::ssize(people))
    throw BadInput(
        fmt::format("Holding out people of Extended Yale B: unseen_people is {}, and of the people wanted {} "
                    "are there. Lower it, so that some train.",
                    count, people.size()));
  const std::vector<int64_t> all(people.begin(), people.end());
  constexpr uint64_t beyond_people = 1000;  // a stream of its own: those of the lights are numbers of people
  const Indices order = permutation(std::ssize(all), mix(seed, Stream::render, beyond_people));
  std::set<int64_t> unseen;
  for (int64_t k = 0; k < count; ++k) unseen.insert(all[static_cast<size_t>(order[static_cast<size_t>(k)])]);
  return unseen;
}

Splits splits_of(const std::vector<YaleBName>& names, const std::set<int64_t>& unseen, uint64_t seed) {
  std::map<int64_t, std::set<YaleBLight>> lights;
  for (const YaleBName& name : names) lights[name.person].insert({name.azimuth, name.elevation});
  std::map<int64_t, Lights> parts;
  for (const auto& [person, its] : lights) {
    constexpr int64_t share = 8;
    const int64_t eighth = unseen.empty() ? (std::ssize(its) + share / 2) / share : 0;
    const uint64_t key = mix(seed, Stream::render, static_cast<uint64_t>(person));
    parts[person] = unseen.contains(person) ? parts_of(its, (std::ssize(its) + 1) / 2, Split::score, key)
                                            : parts_of(its, eighth, Split::unlabelled, key);
  }
  Splits splits;
  for (size_t i = 0; i < names.size(); ++i)
    splits[parts.at(names[i].person).at({names[i].azimuth, names[i].elevation})].push_back(static_cast<int64_t>(i));
  return splits;
}

// Adds the classes: everyone; and the attribute: those who are seen in training.
void add_people(IndexedExamples& all, const std::vector<YaleBName>& names, const std::set<int64_t>& unseen) {
  struct PersonNumbers {
    int64_t of_class = -1, of_attribute = -1;
  };
  std::map<int64_t, PersonNumbers> people;
  for (const YaleBName& name : names) people[name.person] = {};
  Attribute seen{"person", {}};
  for (auto& [person, numbers] : people) {
    numbers.of_class = std::ssize(all.info.classes);
    all.info.classes.push_back(std::to_string(person));
    if (unseen.contains(person)) continue;
    numbers.of_attribute = std::ssize(seen.values);
    seen.values.push_back(std::to_string(person));
  }
  all.info.attributes = {std::move(seen)};
  std::vector<int64_t> classes, attributes;
  for (const YaleBName& name : names) {
    classes.push_back(people.at(name.person).of_class);
    attributes.push_back(people.at(name.person).of_attribute);
  }
  all.labels = at::tensor(classes, at::kLong);
  all.attributes = at::tensor(attributes, at::kLong).unsqueeze(1);
}

void add_factors(IndexedExamples& all, const std::vector<YaleBName>& names) {
  int64_t poses = 1;
  for (const YaleBName& name : names) poses = std::max(poses, name.pose + 1);
  all.info.factors = {"azimuth", "elevation"};
  all.info.factor_sizes = {0, 0};
  if (poses > 1) {
    all.info.factors.emplace_back("pose");
    all.info.factor_sizes.push_back(poses);
  }
  all.factors = at::empty({std::ssize(names), std::ssize(all.info.factors)});
  auto* out = all.factors.data_ptr<float>();
  const auto part = [](int64_t value, int64_t least, int64_t most) {
    return static_cast<float>(value - least) / static_cast<float>(most - least);
  };
  for (const YaleBName& name : names) {
    *out++ = part(name.azimuth, kLeastAzimuth, kMostAzimuth);
    *out++ = part(name.elevation, kLeastElevation, kMostElevation);
    if (poses > 1) *out++ = part(name.pose, 0, poses - 1);
  }
}

[[noreturn]] void refuse_people(std::string_view found) {
  throw BadInput(fmt::format(
      "Option people: expected numbers up to {} and ranges of them, such as 1-10,15, found '{}'.", kMostPeople, found));
}

}  // namespace

std::optional<YaleBName> yaleb_name(const std::string& file) {
  static const std::regex form(R"(yaleB(\d\d)_P(\d\d)A([+-]\d{3})E([+-]\d\d)\.pgm)");
  std::smatch match;
  if (!std::regex_match(file, match, form)) return std::nullopt;
  const YaleBName name = {std::stoll(match[1]), std::stoll(match[2]), std::stoll(match[3]), std::stoll(match[4])};
  if (name.azimuth < kLeastAzimuth || name.azimuth > kMostAzimuth || name.elevation < kLeastElevation ||
      name.elevation > kMostElevation)
    throw BadInput(
        fmt::format("Reading Extended Yale B: expected azimuths from {} to {} and elevations from {} to {}, found {} "
                    "and {} in the name {}. Remove the file.",
                    kLeastAzimuth, kMostAzimuth, kLeastElevation, kMostElevation, name.azimuth, name.elevation, file));
  return name;
}

std::set<int64_t> people_in(std::string_view text) {
  std::set<int64_t> people;
  std::string_view rest = text;
  do {
    std::string_view range = take_until(rest, ',');
    const bool several = range.find('-') != std::string_view::npos;
    const int64_t first = number_up_to(kMostPeople, take_until(range, '-'));
    const int64_t last = several ? number_up_to(kMostPeople, range) : first;
    if (first < 0 || last < first) refuse_people(text);
    for (int64_t person = first; person <= last; ++person) people.insert(person);
  } while (!rest.empty());
  return people;
}

Options YaleBOptions::describe() {
  Options options;
  options.add("size", size, "pictures are resized to this: 64 is a square, 84x96 is 84 wide and 96 high")
      .range(8, 512)
      .in("pixels");
  options
      .add("fit", fit,
           "how images of other proportions are fitted: stretch changes the proportions, crop keeps the central part, "
           "pad adds black bars")
      .one_of({"stretch", "crop", "pad"});
  options.add("people", people, "numbers of the people, such as 1-10,15; 1-39 is all 38 of them");
  options
      .add("unseen_people", unseen_people,
           "number of people, drawn by data_seed, whose pictures are all held out; only these people fit and score the "
           "probes, under different lights")
      .range(0, kMostPeople);
  options.add("data_seed", data_seed, "seed of the light directions, or people, that are held out for the probes")
      .range(0, 1e15);
  options.add("skip_bad_images", skip_bad_images, "leave out and count image files that cannot be read");
  options.add("cache", cache, cache_meaning);
  options.add(
      "yaleb_dir", yaleb_dir,
      "folder of the people's folders (yaleB11) or of CroppedYale, or of images.idx and labels.csv; left empty: "
      "the environment variable YALEB_DIR, then data/yaleb");
  return options;
}

std::unique_ptr<DataSource> make_yaleb(const YaleBOptions& options, const OnProgress& on_progress) {
  IndexedExamples all;
  all.info.name = "yaleb";
  all.info.space = Space::picture(1, options.size.height, options.size.width);
  all.info.space.fit = fit_named(options.fit);
  const auto folder = place_of(options.yaleb_dir, "YALEB_DIR", std::filesystem::path("data") / "yaleb");
  NamedPictures pictures = read_pictures(options, folder, all.info.space, on_progress);
  const std::vector<YaleBName> names = names_of(pictures);
  all.info.checksums = pictures.checksums;
  all.info.note = pictures.note;
  all.copy = std::move(pictures.copy);
  const auto seed = static_cast<uint64_t>(options.data_seed);
  const std::set<int64_t> unseen = unseen_of(names, options.unseen_people, seed);
  if (!unseen.empty())
    add_note(all.info, fmt::format("Held out whole, and unknown to what trains: people {}.", fmt::join(unseen, ", ")));
  add_people(all, names, unseen);
  add_factors(all, names);
  all.splits = splits_of(names, unseen, seed);
  return indexed_source(std::move(all));
}

}  // namespace refract
