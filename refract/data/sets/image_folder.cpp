#include "refract/data/sets/image_folder.h"

#include <ATen/ops/full.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/ignored_files.h"
#include "refract/data/files/image_store.h"
#include "refract/data/indexed_source.h"
#include "refract/data/overlap.h"

namespace refract {
namespace {

constexpr size_t kLeastHeldOutFrom = 10;  // a tenth of it is one image
constexpr size_t kMostNames = 5;

// Class names in order, and the numbers of each class's images.
using Classes = std::map<std::string, Indices>;

// By the first folder below `root`; images directly in it belong to the class "".
Classes classes_of(const Paths& files, const std::filesystem::path& root) {
  Classes classes;
  for (size_t i = 0; i < files.size(); ++i) {
    const auto relative = files[i].lexically_relative(root);
    const bool nested = std::distance(relative.begin(), relative.end()) > 1;
    classes[nested ? relative.begin()->string() : ""].push_back(static_cast<int64_t>(i));
  }
  return classes;
}

// Why there are no classes; "" where the sub-folders are. `wanted`: whether they may be.
std::string objection(const Classes& classes, bool wanted) {
  if (classes.size() < 2)
    return "The unlabelled folder has no sub-folders that could be classes, so no images are held out and no metric "
           "will be measured: put the images of each class into a sub-folder of its own if you know them.";
  if (classes.contains(""))
    return "The unlabelled folder has images beside its sub-folders, so these are not taken as classes, no images are "
           "held out and no metric will be measured: put every image into the sub-folder of a class.";
  if (!wanted)
    return "With --class-folders=false the sub-folders of the unlabelled folder are not taken as classes, so no images "
           "are held out and no metric will be measured.";
  return "";
}

bool is_small(const Indices& images) {
  return images.size() < kLeastHeldOutFrom;
}

// Whether images can be held out of two classes, which a metric needs.
bool tells_classes(const Classes& classes) {
  return std::count_if(classes.begin(), classes.end(), [](const auto& one) { return !is_small(one.second); }) > 1;
}

// What becomes of classes too small for a tenth of them to be held out; "" where there are none.
std::string small_note(const Classes& classes) {
  std::vector<std::string> names;
  for (const auto& [name, images] : classes)
    if (is_small(images)) names.push_back(fmt::format("'{}'", name));
  const size_t small = names.size();
  if (!tells_classes(classes))
    return fmt::format(
        "Of {} classes fewer than two have {} images, so no images are held out and no metric will be measured: add "
        "images to two classes or more.",
        classes.size(), kLeastHeldOutFrom);
  if (small == 0) return "";
  names.resize(std::min(small, kMostNames));
  const std::string others = small > kMostNames ? fmt::format(" and {} more", small - kMostNames) : "";
  return fmt::format("{} of {} classes {} fewer than {} images, so none of theirs are held out for the metrics: {}{}.",
                     small, classes.size(), small == 1 ? "has" : "have", kLeastHeldOutFrom, fmt::join(names, ", "),
                     others);
}

std::string skipped_note(const ImageStore& store, Split split) {
  if (store.skipped() == 0) return "";
  return fmt::format("{} bad {} among the {} images {} left out.", store.skipped(),
                     store.skipped() == 1 ? "file" : "files", name_of(split), store.skipped() == 1 ? "was" : "were");
}

Space space_of(const ImageFolderOptions& options) {
  Space space = Space::picture(options.channels, options.size.height, options.size.width);
  space.fit = fit_named(options.fit);
  return space;
}

// Reads folders into stores, and gathers what there is to say of them.
class Reader {
 public:
  Reader(const ImageFolderOptions& options, const OnProgress& on_progress)
      : options_(options), on_progress_(on_progress) {}

  std::shared_ptr<const ImageStore> read(const std::filesystem::path& folder, Split split, DataInfo& info) {
    const Paths listed = list_images(folder);
    const Paths others = ignored_files(folder, listed);
    ignored_.insert(ignored_.end(), others.begin(), others.end());
    info.ignored = by_ending(ignored_);
    const ImageStore::How how = {
        .skip_bad = options_.skip_bad_images, .on_progress = on_progress_, .cache = options_.cache};
    auto store = std::make_shared<const ImageStore>(listed, folder, info.space, how);
    info.checksums[fmt::format("{} ({} files)", name_of(split), store->files().size())] = store->checksum();
    add_note(info, skipped_note(*store, split));
    if (info.note.find(store->note()) == std::string::npos) add_note(info, store->note());  // once for both folders
    return store;
  }

 private:
  const ImageFolderOptions& options_;
  const OnProgress& on_progress_;
  Paths ignored_;
};

// Images of the reference folder, numbered from `first` on.
void hold_out_of_references(IndexedExamples& all, int64_t first, int64_t count, const ImageFolderOptions& options) {
  Indices images = all_indices(count);
  for (int64_t& image : images) image += first;
  constexpr double rounding = 1e-9;  // so that 0.7 of 20 is 14
  const auto each = static_cast<int64_t>(static_cast<double>(count) * options.hold_out_references / 2 + rounding);
  const uint64_t key = mix(static_cast<uint64_t>(options.data_seed), Stream::held_out_rows);
  divide(all.splits, Set::reference, images, each, mix(key, static_cast<uint64_t>(Set::reference), 0));
  sort_parts(all.splits, Set::reference);
  if (options.hold_out_references > 0 && each == 0)
    add_note(all.info, fmt::format("No reference images are held out: half of {} of {} images is less than one.",
                                   options.hold_out_references, count));
}

// Unlabelled images come first.
void add_reference(IndexedExamples& all, const std::shared_ptr<const ImageStore>& unlabelled,
                   const std::shared_ptr<const ImageStore>& reference, const ImageFolderOptions& options) {
  const auto first = std::ssize(unlabelled->files());
  hold_out_of_references(all, first, std::ssize(reference->files()), options);
  all.copy = [unlabelled, reference, first](int64_t image, float* out) {
    image < first ? unlabelled->copy(image, out) : reference->copy(image - first, out);
  };
}

// All unlabelled images train; of classes, a tenth fits and a tenth scores.
void hold_out(IndexedExamples& all, const Classes& classes, int64_t count, const ImageFolderOptions& options) {
  const std::string why_not = objection(classes, options.class_folders);
  const bool labelled = why_not.empty(), held_out = labelled && tells_classes(classes);
  add_note(all.info, labelled ? small_note(classes) : why_not);
  if (labelled) all.labels = at::full({count}, -1, at::kLong);
  auto* labels = labelled ? all.labels.data_ptr<int64_t>() : nullptr;
  int64_t label = 0;
  for (const auto& [name, images] : classes) {
    const int64_t tenth = held_out ? std::ssize(images) / 10 : 0;
    const auto seed = static_cast<uint64_t>(options.data_seed);
    divide(all.splits, Set::unlabelled, images, tenth, mix(seed, Stream::render, static_cast<uint64_t>(label)));
    if (!labelled) continue;
    for (const int64_t image : images) labels[image] = label;
    all.info.classes.push_back(name);
    ++label;
  }
  sort_parts(all.splits, Set::unlabelled);
}

}  // namespace

Options ImageFolderOptions::describe() {
  Options options;
  options.add("reference", reference, "folder of images in which what you want to learn about is constant");
  options.add(
      "unlabelled", unlabelled,
      "folder of images to learn from; two sub-folders or more, with every image in one of them, are classes: a "
      "tenth of each fits, another tenth scores the probes");
  options.add("size", size, "pictures are resized to this: 64 is a square, 96x80 is 96 wide and 80 high")
      .range(8, 512)
      .in("pixels");
  options
      .add("fit", fit,
           "how images of other proportions are fitted: crop keeps the central part, pad adds black bars, stretch "
           "changes the proportions")
      .one_of({"crop", "pad", "stretch"});
  options.add("channels", channels, "3 for colour, 1 for gray").range(1, 3);
  options.add("skip_bad_images", skip_bad_images, "leave out and count images that cannot be read");
  options.add("class_folders", class_folders, "take the sub-folders of the unlabelled folder as classes");
  options
      .add("hold_out_references", hold_out_references,
           "fraction of the reference images that is held out of training, half of it to fit, half to score")
      .range(0, 0.9);
  options.add("data_seed", data_seed, "seed of what is held out").range(0, 1e15);
  options.add("cache", cache, cache_meaning);
  return options;
}

std::unique_ptr<DataSource> make_image_folder(const ImageFolderOptions& options, const OnProgress& on_progress) {
  if (options.unlabelled.empty())
    throw BadInput("Reading image folders: no folder of unlabelled images was named. Give one with --unlabelled DIR.");
  if (options.channels != 1 && options.channels != 3)
    throw BadInput(fmt::format("Option channels: expected 1 (gray) or 3 (colour), found '{}'.", options.channels));
  refuse_same_folder(options.unlabelled, options.reference);
  IndexedExamples all;
  all.info.name = "folders";
  all.info.space = space_of(options);
  Reader reader(options, on_progress);
  const auto unlabelled = reader.read(options.unlabelled, Split::unlabelled, all.info);
  all.copy = [unlabelled](int64_t image, float* out) { unlabelled->copy(image, out); };
  auto count = std::ssize(unlabelled->files());
  if (!options.reference.empty()) {
    const auto reference = reader.read(options.reference, Split::reference, all.info);
    add_reference(all, unlabelled, reference, options);
    add_note(all.info, overlap_note({options.unlabelled, *unlabelled}, {options.reference, *reference}));
    count += std::ssize(reference->files());
  }
  hold_out(all, classes_of(unlabelled->files(), options.unlabelled), count, options);
  return indexed_source(std::move(all));
}

}  // namespace refract
