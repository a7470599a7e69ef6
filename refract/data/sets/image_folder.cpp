#include "refract/data/sets/image_folder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/ignored_files.h"
#include "refract/data/files/image_store.h"
#include "refract/data/order.h"
#include "refract/data/overlap.h"

namespace refract {
namespace {

constexpr size_t kLeastInClass = 10;  // a tenth of it is one image

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

// Why there are no classes; "" where the sub-folders are.
std::string objection(const Classes& classes) {
  if (classes.size() < 2)
    return "The unlabelled folder has no sub-folders that could be classes, so no images are held out and no metric "
           "will be measured: put the images of each class, at least 10, into a sub-folder of its own if you know "
           "them.";
  if (classes.contains(""))
    return "The unlabelled folder has images beside its sub-folders, so these are not taken as classes, no images are "
           "held out and no metric will be measured: put every image into the sub-folder of a class.";
  for (const auto& [name, images] : classes)
    if (images.size() < kLeastInClass)
      return fmt::format(
          "The sub-folder '{}' of the unlabelled folder has {} images where a class needs {}, so the sub-folders are "
          "not taken as classes, no images are held out and no metric will be measured: add images to it, or move it "
          "out.",
          name, images.size(), kLeastInClass);
  return "";
}

std::string skipped_note(const ImageStore& store, Split split) {
  if (store.skipped() == 0) return "";
  return fmt::format("{} bad {} among the {} images {} left out.", store.skipped(),
                     store.skipped() == 1 ? "file" : "files", name_of(split), store.skipped() == 1 ? "was" : "were");
}

class ImageFolder final : public DataSource {
 public:
  ImageFolder(const ImageFolderOptions& options, const OnProgress& on_progress)
      : unlabelled_(read(options.unlabelled, options, on_progress)) {
    info_.name = "folders";
    info_.space = Space::square(options.channels, options.size);
    note_store(unlabelled_, Split::unlabelled);
    if (!options.reference.empty()) {
      reference_.emplace(read(options.reference, options, on_progress));
      note_store(*reference_, Split::reference);
      at(Split::reference) = all_indices(static_cast<int64_t>(reference_->files().size()));
      add_note(info_, overlap_note({options.unlabelled, unlabelled_}, {options.reference, *reference_}));
    }
    hold_out(classes_of(unlabelled_.files(), options.unlabelled), static_cast<uint64_t>(options.data_seed));
  }

  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return static_cast<int64_t>(at(split).size()); }

  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor all = at::empty(info_.space.batch(std::ssize(indices)));
    auto* out = all.data_ptr<float>();
    for (const int64_t index : indices) {
      const ImageStore& store = split == Split::reference ? *reference_ : unlabelled_;
      store.copy(number(split, index), out);
      out += info_.space.numel();
    }
    return all;
  }

  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    if (info_.classes.empty() || split == Split::reference) return DataSource::labels(split, indices);
    std::vector<int64_t> labels;
    for (const int64_t index : indices) labels.push_back(labels_.at(static_cast<size_t>(number(split, index))));
    return at::tensor(labels, at::kLong);
  }

 private:
  ImageStore read(const std::filesystem::path& folder, const ImageFolderOptions& options,
                  const OnProgress& on_progress) {
    const Paths listed = list_images(folder);
    const Paths others = ignored_files(folder, listed);
    ignored_.insert(ignored_.end(), others.begin(), others.end());
    info_.ignored = by_ending(ignored_);
    return {listed,
            folder,
            Space::square(options.channels, options.size),
            {.skip_bad = options.skip_bad_images, .on_progress = on_progress}};
  }

  [[nodiscard]] const Indices& at(Split split) const { return parts_.at(place_of(split)); }
  Indices& at(Split split) { return parts_.at(place_of(split)); }

  [[nodiscard]] int64_t number(Split split, int64_t index) const {
    if (index < 0 || index >= count(split))
      throw BadInput(fmt::format("Reading image {} of {} ({}): there are {}, counted from 0.", index, info_.name,
                                 name_of(split), count(split)));
    return at(split)[static_cast<size_t>(index)];
  }

  void note_store(const ImageStore& store, Split split) {
    info_.checksums[fmt::format("{} ({} files)", name_of(split), store.files().size())] = store.checksum();
    add_note(info_, skipped_note(store, split));
  }

  void hold_out(const Classes& classes, uint64_t seed) {
    const std::string why_not = objection(classes);
    add_note(info_, why_not);
    const bool labelled = why_not.empty();
    labels_.resize(unlabelled_.files().size());
    for (const auto& [name, images] : classes) {
      const auto label = static_cast<int64_t>(info_.classes.size());
      if (labelled) info_.classes.push_back(name);
      const size_t tenth = labelled ? images.size() / 10 : 0;
      const Indices order =
          permutation(static_cast<int64_t>(images.size()), mix(seed, Stream::render, static_cast<uint64_t>(label)));
      for (size_t k = 0; k < images.size(); ++k) {
        const int64_t image = images[static_cast<size_t>(order[k])];
        at(k < tenth ? Split::fit : k < 2 * tenth ? Split::score : Split::unlabelled).push_back(image);
        labels_[static_cast<size_t>(image)] = label;
      }
    }
    for (Indices* part : {&at(Split::unlabelled), &at(Split::fit), &at(Split::score)})
      std::sort(part->begin(), part->end());
  }

  DataInfo info_;
  Paths ignored_;
  ImageStore unlabelled_;
  std::optional<ImageStore> reference_;
  std::array<Indices, all_splits.size()> parts_;  // numbers of a split's images in its store
  std::vector<int64_t> labels_;                   // of unlabelled_, where there are classes
};

}  // namespace

Options ImageFolderOptions::describe() {
  Options options;
  options.add("reference", reference, "folder of images in which what you want to learn about is constant");
  options.add("unlabelled", unlabelled,
              "folder of images to learn from; two sub-folders or more, of at least 10 images each, are classes, and a "
              "tenth of each fits, another tenth scores the probes");
  options.add("size", size, "height and width that images are cropped and resized to").range(8, 512).in("pixels");
  options.add("channels", channels, "3 for colour, 1 for gray").range(1, 3);
  options.add("skip_bad_images", skip_bad_images, "leave out and count images that cannot be read");
  options.add("data_seed", data_seed, "seed of what is held out for the probes").range(0, 1e15);
  return options;
}

std::unique_ptr<DataSource> make_image_folder(const ImageFolderOptions& options, const OnProgress& on_progress) {
  if (options.unlabelled.empty())
    throw BadInput("Reading image folders: no folder of unlabelled images was named. Give one with --unlabelled DIR.");
  if (options.channels != 1 && options.channels != 3)
    throw BadInput(fmt::format("Option channels: expected 1 (gray) or 3 (colour), found '{}'.", options.channels));
  refuse_same_folder(options.unlabelled, options.reference);
  return std::make_unique<ImageFolder>(options, on_progress);
}

}  // namespace refract
