#include "app/commands/own_images.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <iterator>
#include <set>

#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/data/files/ignored_files.h"

namespace refract {
namespace {

// The first folder below `root` on the way to `file`; "" where there is none.
std::string folder_below(const std::filesystem::path& root, const std::filesystem::path& file) {
  const std::filesystem::path way = file.lexically_relative(without_slash(root));
  return std::distance(way.begin(), way.end()) > 1 && *way.begin() != ".." ? way.begin()->string() : "";
}

// "4 files ignored: 2 gif, 1 svg, 1 txt", of those in the named folders that are not read; "" for none.
std::string ignored_below(const std::vector<std::string>& paths, const Paths& read) {
  Paths others;
  std::error_code error;
  for (const std::string& path : paths)
    if (std::filesystem::is_directory(path, error)) {
      const Paths below = ignored_files(path, read);
      others.insert(others.end(), below.begin(), below.end());
    }
  return ignored_text(by_ending(others));
}

constexpr size_t files_at_once = 64;

struct Reading {
  Tensor bytes;       // [C, H, W] uint8; undefined where the file is bad
  std::string error;  // why
};

std::vector<Reading> read_several(const Paths& files, const Space& space) {
  std::vector<Reading> readings(files.size());
  at::parallel_for(0, static_cast<int64_t>(files.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) try {
        readings[i].bytes = read_image(files[i], space);
      } catch (const BadInput& error) {
        readings[i].error = error.what();
      }
  });
  return readings;
}

// Parts of a whole, put together at the end.
class Collected {
 public:
  Collected(const Model& model, bool keep_images)
      : model_(model), keep_images_(keep_images), codes_(model.blocks().size()) {}

  void add(const std::vector<Tensor>& images) {
    const Codes codes = encode_all(model_, as_floats(at::stack(images)));
    for (size_t b = 0; b < codes.size(); ++b) codes_[b].push_back(codes[b].to(at::kCPU));
    if (keep_images_) images_.insert(images_.end(), images.begin(), images.end());
  }
  void finish(EncodedImages& all) const {
    for (const auto& parts : codes_) all.codes.push_back(at::cat(parts));
    if (keep_images_) all.images = at::stack(images_);
  }

 private:
  const Model& model_;
  const bool keep_images_;
  std::vector<std::vector<Tensor>> codes_;
  std::vector<Tensor> images_;
};

}  // namespace

Tensor as_floats(const Tensor& images) {
  Tensor floats = at::empty(images.sizes());
  to_floats(images.contiguous(), floats.data_ptr<float>());
  return floats;
}

void OwnImages::declare(CLI::App& app, bool required) {
  app.add_option("IMAGES", paths, "images or folders of images; tables for a run on a table")
      ->type_name("...")
      ->required(required);
  declare_skipping(app);
}

void OwnImages::declare_skipping(CLI::App& app) {
  may_skip_ = true;
  app.add_flag("--skip-bad-images,--skip_bad_images", skip_bad, "skip and count files that cannot be read");
}

OwnImages OwnImages::with(const std::vector<std::string>& other_paths) const {
  OwnImages others = *this;
  others.paths = other_paths;
  return others;
}

Paths OwnImages::files() const {
  Paths files;
  for (const std::string& path : paths)
    for (const auto& file : list_images(path)) files.push_back(file);
  return files;
}

EncodedImages OwnImages::in_slices(const Space& space, const Paths& files, const UseImages& use) const {
  EncodedImages all;
  const OnProgress progress = shown_progress();
  for (size_t from = 0; from < files.size(); from += files_at_once) {
    progress({"Reading images", static_cast<int64_t>(from), static_cast<int64_t>(files.size())});
    const Paths slice(files.begin() + static_cast<std::ptrdiff_t>(from),
                      files.begin() + static_cast<std::ptrdiff_t>(std::min(from + files_at_once, files.size())));
    std::vector<Tensor> good;
    const std::vector<Reading> readings = read_several(slice, space);
    for (size_t i = 0; i < slice.size(); ++i) {
      if (!readings[i].error.empty() && !skip_bad)
        throw BadInput(readings[i].error + (may_skip_ ? fmt::format(" {}", skip_advice) : ""));
      (readings[i].error.empty() ? all.files : all.skipped).push_back(slice[i]);
      if (readings[i].error.empty()) good.push_back(readings[i].bytes);
    }
    if (!good.empty()) use(good);
  }
  if (all.files.empty()) throw BadInput(fmt::format("Reading {} image files: none of them is good.", files.size()));
  if (const std::string others = ignored_below(paths, files); !others.empty()) say(others + ".");
  if (!all.skipped.empty())
    say(fmt::format("{} bad {} left out, the first of them {}.", all.skipped.size(),
                    all.skipped.size() == 1 ? "file was" : "files were", printable(all.skipped.front().string())));
  return all;
}

EncodedImages OwnImages::encoded(const Model& model, const Paths& files, bool keep_images) const {
  Collected collected(model, keep_images);
  EncodedImages all =
      in_slices(model.space(), files, [&](const std::vector<Tensor>& images) { collected.add(images); });
  collected.finish(all);
  return all;
}

EncodedImages OwnImages::read(const Space& space, const Paths& files) const {
  std::vector<Tensor> kept;
  EncodedImages all = in_slices(
      space, files, [&](const std::vector<Tensor>& images) { kept.insert(kept.end(), images.begin(), images.end()); });
  all.images = at::stack(kept);
  return all;
}

std::vector<std::string> OwnImages::classes(const Paths& files) const {
  std::vector<std::string> names;
  for (const std::filesystem::path& file : files) {
    std::string name;
    for (size_t i = 0; i < paths.size() && name.empty(); ++i) name = folder_below(paths[i], file);
    if (name.empty()) return {};
    names.push_back(std::move(name));
  }
  return std::set<std::string>(names.begin(), names.end()).size() > 1 ? names : std::vector<std::string>();
}

}  // namespace refract
