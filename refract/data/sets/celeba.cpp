#include "refract/data/sets/celeba.h"

#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/image_store.h"
#include "refract/data/files/place.h"
#include "refract/data/indexed_source.h"
#include "refract/data/order.h"

namespace refract {
namespace {

// Whether each image has the attribute, [N] int64, 0 or 1.
Tensor column(const CelebaTable& table, const std::string& name) {
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found == table.names.end())
    throw BadInput(
        fmt::format("Reading CelebA: list_attr_celeba.txt has no attribute {}. Take the file as it is distributed, "
                    "with all 40.",
                    name));
  return table.values.select(1, found - table.names.begin()).to(at::kLong);
}

Tensor hair(const CelebaTable& table) {
  const Tensor colours = at::stack({column(table, "Black_Hair"), column(table, "Brown_Hair"),
                                    column(table, "Blond_Hair"), column(table, "Gray_Hair")},
                                   1);
  return at::where(colours.sum(1) == 1, colours.argmax(1), -1);
}

Tensor beard(const CelebaTable& table) {
  const Tensor goatee = column(table, "Goatee"), none = column(table, "No_Beard");
  return at::where(none == 1, -goatee, 2 - goatee);  // 0 and -1; 2 and 1
}

// Where the images of a table without parts go: a tenth fits, a tenth scores, the others train.
std::vector<CelebaPart> drawn_parts(int64_t count, uint64_t seed) {
  std::vector<CelebaPart> parts(static_cast<size_t>(count), CelebaPart::train);
  const Indices order = permutation(count, mix(seed, Stream::render));
  for (int64_t k = 0; k < 2 * (count / 10); ++k)
    parts[static_cast<size_t>(order[static_cast<size_t>(k)])] =
        k < count / 10 ? CelebaPart::validation : CelebaPart::test;
  return parts;
}

Splits splits_of(const CelebaTable& table, uint64_t seed) {
  const auto count = static_cast<int64_t>(table.files.size());
  const std::vector<CelebaPart> parts = table.parts.empty() ? drawn_parts(count, seed) : table.parts;
  constexpr std::array<Split, 3> split = {Split::unlabelled, Split::fit, Split::score};
  Splits splits;
  for (int64_t i = 0; i < count; ++i) splits[split.at(static_cast<size_t>(parts[static_cast<size_t>(i)]))].push_back(i);
  return splits;
}

// Looking at each of 202,599 files would take longer than at their folder.
void refuse_missing(const Paths& listed, const std::filesystem::path& folder) {
  const Paths found = list_images(folder);
  const std::set<std::filesystem::path> there(found.begin(), found.end());
  const auto is_missing = [&](const std::filesystem::path& file) { return !there.contains(file); };
  const auto first = std::find_if(listed.begin(), listed.end(), is_missing);
  if (first == listed.end()) return;
  throw BadInput(
      fmt::format("Reading CelebA: list_attr_celeba.txt names {} images; missing are {}, the first of them {}. "
                  "Unpack all of img_align_celeba, or leave out what is missing with --skip-bad-images.",
                  listed.size(), std::count_if(first, listed.end(), is_missing), first->string()));
}

Space space_of(const CelebaOptions& options) {
  Space space = Space::picture(3, options.size.height, options.size.width);
  space.fit = fit_named(options.fit);
  return space;
}

ImageStore read_images(const CelebaTable& table, const std::filesystem::path& folder, const CelebaOptions& options,
                       const OnProgress& on_progress) {
  Paths listed;
  for (const std::string& name : table.files) listed.push_back(folder / name);
  if (!options.skip_bad_images) refuse_missing(listed, folder);
  return {listed, folder, space_of(options), {.skip_bad = options.skip_bad_images, .on_progress = on_progress}};
}

std::string skipped_note(const ImageStore& images) {
  if (images.skipped() == 0) return "";
  return fmt::format("{} of {} images of CelebA are missing or bad and were left out.", images.skipped(),
                     images.skipped() + std::ssize(images.files()));
}

// Of each image of the table its place in the store; -1 where it was left out.
Indices places_in(const ImageStore& images) {
  Indices places(images.numbers().size() + static_cast<size_t>(images.skipped()), -1);
  for (size_t k = 0; k < images.numbers().size(); ++k)
    places[static_cast<size_t>(images.numbers()[k])] = static_cast<int64_t>(k);
  return places;
}

void add_images(IndexedExamples& all, ImageStore read) {
  add_note(all.info, skipped_note(read));
  add_note(all.info, read.note());
  all.info.checksums[fmt::format("img_align_celeba ({} files)", read.files().size())] = read.checksum();
  const Indices places = places_in(read);
  for (const Split split : {Split::unlabelled, Split::fit, Split::score})
    std::erase_if(all.splits[split], [&](int64_t image) { return places[static_cast<size_t>(image)] < 0; });
  const auto images = std::make_shared<const ImageStore>(std::move(read));
  all.copy = [images, places](int64_t image, float* out) { images->copy(places[static_cast<size_t>(image)], out); };
}

}  // namespace

CelebaVariables celeba_variables(const CelebaTable& table) {
  CelebaVariables variables;
  std::vector<Tensor> columns = {hair(table), beard(table)};
  variables.attributes = {{"hair", {"black", "brown", "blond", "gray"}}, {"beard", {"none", "goatee", "other"}}};
  const auto add = [&](const std::string& attribute, Attribute variable) {
    columns.push_back(column(table, attribute));
    variables.attributes.push_back(std::move(variable));
  };
  add("Bangs", {"bangs", {"no", "yes"}});
  add("Receding_Hairline", {"receding hairline", {"no", "yes"}});
  add("Eyeglasses", {"eyeglasses", {"no", "yes"}});
  add("Smiling", {"smiling", {"no", "yes"}});
  add("Wearing_Hat", {"hat", {"no", "yes"}});
  add("Male", {"sex", {"female", "male"}});
  variables.values = at::stack(columns, 1);
  return variables;
}

Options CelebaOptions::describe() {
  Options options;
  options.add("size", size, "pictures are resized to this: 64 is a square, 178x218 is 178 wide and 218 high")
      .range(8, 218)
      .in("pixels");
  options
      .add("fit", fit,
           "how images of other proportions are fitted: crop keeps the central part, pad adds black bars, stretch "
           "changes the proportions")
      .one_of({"crop", "pad", "stretch"});
  options.add("data_seed", data_seed, "seed of what is held out for the probes without list_eval_partition.txt")
      .range(0, 1e15);
  options.add("skip_bad_images", skip_bad_images, "leave out and count images that are missing or cannot be read");
  options.add("cache", cache, cache_meaning);
  options.add("celeba_dir", celeba_dir,
              "folder of img_align_celeba, list_attr_celeba.txt and, if wanted, list_eval_partition.txt; left empty: "
              "the environment variable CELEBA_DIR, then data/celeba");
  return options;
}

std::unique_ptr<DataSource> make_celeba(const CelebaOptions& options, const OnProgress& on_progress) {
  const auto folder = place_of(options.celeba_dir, "CELEBA_DIR", std::filesystem::path("data") / "celeba");
  const CelebaTable table = read_celeba(folder);
  CelebaVariables variables = celeba_variables(table);
  IndexedExamples all;
  all.info.name = "celeba";
  all.info.space = space_of(options);
  all.info.factors = table.names;
  all.info.factor_sizes = std::vector<int64_t>(table.names.size(), 2);
  all.info.attributes = std::move(variables.attributes);
  all.info.checksums = table.checksums;
  all.factors = table.values.to(at::kFloat);
  all.attributes = variables.values;
  all.splits = splits_of(table, static_cast<uint64_t>(options.data_seed));
  add_images(all, read_images(table, folder / "img_align_celeba", options, on_progress));
  return indexed_source(std::move(all));
}

}  // namespace refract
