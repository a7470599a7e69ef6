#include "refract/data/sets/coil20.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <regex>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/files/place.h"
#include "refract/data/indexed_source.h"
#include "refract/data/sets/named_pictures.h"

namespace refract {
namespace {

constexpr int64_t kCoilObjects = 20, kCoilPoses = 72;

// A row of labels.csv, whose objects are counted from 0, as the name of the file it stands for.
std::string coil20_row_name(const Cells& cells, const TextLines& lines) {
  const int64_t object = number_up_to(kCoilObjects - 1, cells.at(0)), pose = number_up_to(kCoilPoses - 1, cells.at(1));
  if (object < 0 || pose < 0)
    lines.refuse(fmt::format("an object from 0 to {} and a pose from 0 to {}", kCoilObjects - 1, kCoilPoses - 1));
  return fmt::format("obj{}__{}.png", object + 1, pose);
}

NamedPictures read_coil20(const Coil20Options& options, const std::filesystem::path& folder, const Space& space,
                          const OnProgress& on_progress) {
  const PicturesWanted which = {"COIL-20", folder,
                                [](const std::string& file) { return coil20_name(file).has_value(); }, space};
  NamedPictures pictures = pictures_of_idx(which, {"object", "pose"}, coil20_row_name);
  if (pictures.names.empty())
    pictures = pictures_of_files(
        which, {.skip_bad = options.skip_bad_images, .on_progress = on_progress, .cache = options.cache});
  if (pictures.names.empty())
    throw BadInput(fmt::format(
        "Reading COIL-20 from {}: expected pictures named as obj1__0.png, in it or below, or images.idx and "
        "labels.csv, found none. Unpack coil-20-proc.zip and name its folder with --coil20_dir.",
        folder.string()));
  return pictures;
}

// Of each three poses the third is held out, to fit and to score in turn.
Split coil20_part(int64_t pose) {
  if (pose % 3 != 2) return Split::unlabelled;
  return pose / 3 % 2 == 0 ? Split::fit : Split::score;
}

// Splits, labels and factors.
void add_objects(IndexedExamples& all, const std::vector<std::string>& files) {
  std::vector<int64_t> objects;
  std::vector<float> angles;
  std::map<int64_t, int64_t> labels;  // of the objects that are there
  for (const std::string& file : files)
    if (const auto name = coil20_name(file)) {
      all.splits[coil20_part(name->pose)].push_back(std::ssize(objects));
      objects.push_back(name->object);
      angles.push_back(static_cast<float>(name->pose) / kCoilPoses);
      labels[name->object] = 0;
    }
  for (auto& [object, label] : labels) {
    label = std::ssize(all.info.classes);
    all.info.classes.push_back(fmt::format("obj{}", object));
  }
  for (int64_t& object : objects) object = labels.at(object);
  all.info.attributes = {{"object", all.info.classes}};
  all.info.factors = {"angle"};
  all.info.factor_sizes = {0};
  all.labels = at::tensor(objects, at::kLong);
  all.factors = at::tensor(angles).unsqueeze(1);
}

}  // namespace

std::optional<Coil20Name> coil20_name(const std::string& file) {
  static const std::regex form(R"(obj(\d{1,3})__(\d{1,3})\.png)");
  std::smatch match;
  if (!std::regex_match(file, match, form)) return std::nullopt;
  const Coil20Name name = {std::stoll(match[1]), std::stoll(match[2])};
  if (name.object < 1 || name.object > kCoilObjects || name.pose >= kCoilPoses)
    throw BadInput(
        fmt::format("Reading COIL-20: expected objects from 1 to {} in poses from 0 to {}, found the file {}. Name the "
                    "folder of COIL-20, not that of COIL-100, or remove the file.",
                    kCoilObjects, kCoilPoses - 1, file));
  return name;
}

Options Coil20Options::describe() {
  Options options;
  options.add("size", size, "height and width that pictures are resized to").range(8, 512).in("pixels");
  options.add("skip_bad_images", skip_bad_images, "leave out and count image files that cannot be read");
  options.add("cache", cache, cache_meaning);
  options.add("coil20_dir", coil20_dir,
              "folder of obj1__0.png and so on (coil-20-proc), or of images.idx and labels.csv; left empty: the "
              "environment variable COIL20_DIR, then data/coil20");
  return options;
}

std::unique_ptr<DataSource> make_coil20(const Coil20Options& options, const OnProgress& on_progress) {
  IndexedExamples all;
  all.info.name = "coil20";
  all.info.space = Space::square(1, options.size);
  const auto folder = place_of(options.coil20_dir, "COIL20_DIR", std::filesystem::path("data") / "coil20");
  NamedPictures pictures = read_coil20(options, folder, all.info.space, on_progress);
  add_objects(all, pictures.names);
  all.info.checksums = pictures.checksums;
  all.info.note = pictures.note;
  all.copy = std::move(pictures.copy);
  return indexed_source(std::move(all));
}

}  // namespace refract
