#include "refract/data/sets/norb.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/place.h"
#include "refract/data/files/resize.h"
#include "refract/data/indexed_source.h"
#include "refract/data/order.h"
#include "refract/data/sets/norb_matrix.h"

namespace refract {
namespace {

constexpr const char* kNorbTraining = "smallnorb-5x46789x9x18x6x2x96x96-training";
constexpr const char* kNorbTesting = "smallnorb-5x01235x9x18x6x2x96x96-testing";
constexpr int64_t kNorbInstances = 10;  // of a category
constexpr std::array<const char*, 5> kNorbCategories = {"animal", "human", "airplane", "truck", "car"};

// The columns of info.
enum NorbColumn : int64_t { norb_instance, norb_elevation, norb_azimuth, norb_lighting };
constexpr std::array<int64_t, 4> kNorbLargest = {9, 8, 34, 5};

std::filesystem::path norb_file(const std::filesystem::path& folder, const std::string& name) {
  for (const char* ending : {".mat", ".mat.gz"})
    if (const auto path = folder / (name + ending); std::filesystem::exists(path)) return path;
  throw BadInput(
      fmt::format("Reading small NORB: there is no file {}.mat (or .mat.gz). Take the six files of the set from "
                  "https://cs.nyu.edu/~ylclab/data/norb-v1.0-small and name their folder with --norb_dir.",
                  (folder / name).string()));
}

[[noreturn]] void refuse_shape(const std::filesystem::path& file, const std::string& expected, const Tensor& found) {
  throw BadInput(fmt::format("Reading small NORB from {}: expected {}, found a matrix of [{}]. Fetch the file again.",
                             file.string(), expected, fmt::join(found.sizes(), ", ")));
}

Tensor read_norb_images(const std::filesystem::path& file, NorbCamera camera, int64_t size, std::string& sum) {
  const NorbMatrix matrix = read_norb_bytes(file);
  const Tensor& pairs = matrix.data;
  if (pairs.dim() != 4 || pairs.size(1) != 2 || pairs.size(2) != pairs.size(3))
    refuse_shape(file, "pairs of square images, [N, 2, 96, 96]", pairs);
  sum = matrix.sha256;
  const Tensor chosen = camera == NorbCamera::both   ? pairs
                        : camera == NorbCamera::left ? pairs.slice(1, 0, 1)
                                                     : pairs.slice(1, 1, 2);
  return resized(chosen, size);
}

// Numbers 0 .. largest in each column of [N, K].
Tensor read_norb_columns(const std::filesystem::path& file, int64_t rows, const std::vector<int64_t>& largest,
                         std::string& sum) {
  const NorbMatrix matrix = read_norb_numbers(file);
  const auto columns = std::ssize(largest);
  if (matrix.data.size(0) != rows || matrix.data.numel() != rows * columns)
    refuse_shape(file, fmt::format("[{}, {}], a row for each pair of images", rows, columns), matrix.data);
  const Tensor table = matrix.data.view({rows, columns});
  for (int64_t k = 0; k < columns; ++k) {
    const Tensor column = table.select(1, k);
    const auto least = column.min().item<int64_t>(), most = column.max().item<int64_t>();
    if (least < 0 || most > largest[static_cast<size_t>(k)])
      throw BadInput(
          fmt::format("Reading small NORB from {}: expected numbers from 0 to {} in column {}, found {} to "
                      "{}. Fetch the file again.",
                      file.string(), largest[static_cast<size_t>(k)], k + 1, least, most));
  }
  sum = matrix.sha256;
  return table;
}

NorbCamera camera_named(const std::string& name) {
  if (name == "both") return NorbCamera::both;
  return name == "left" ? NorbCamera::left : NorbCamera::right;
}

// Each record's row once for each of its images.
Tensor for_each_camera(const Tensor& rows, int64_t cameras) {
  return rows.repeat_interleave(cameras, 0);
}

// Those of records first .. first + count - 1 of `order`, in ascending order.
Indices images_of(const Indices& order, int64_t first, int64_t count, int64_t cameras) {
  Indices images;
  for (int64_t k = first; k < first + count; ++k)
    for (int64_t camera = 0; camera < cameras; ++camera)
      images.push_back(order[static_cast<size_t>(k)] * cameras + camera);
  std::sort(images.begin(), images.end());
  return images;
}

Splits norb_splits(int64_t training, int64_t testing, int64_t cameras, const NorbOptions& options) {
  if (options.fit_images >= training)
    throw BadInput(fmt::format(
        "Splitting small NORB: {} of {} training images, which must leave one, are to fit the probes. Lower "
        "fit_images.",
        options.fit_images, training));
  const Indices order = permutation(training, mix(static_cast<uint64_t>(options.data_seed), Stream::render));
  Splits splits;
  splits[Split::fit] = images_of(order, 0, options.fit_images, cameras);
  splits[Split::unlabelled] = images_of(order, options.fit_images, training - options.fit_images, cameras);
  splits[Split::score] = images_of(all_indices(training + testing), training, testing, cameras);
  return splits;
}

void describe_norb(DataInfo& info, bool both) {
  std::vector<std::string> toys;
  for (const char* category : kNorbCategories) {
    info.classes.emplace_back(category);
    for (int64_t instance = 0; instance < kNorbInstances; ++instance)
      toys.push_back(fmt::format("{} {}", category, instance));
  }
  info.attributes = {{"instance", toys, true}, {"category", info.classes}};
  info.factors = {"elevation", "azimuth", "lighting"};
  info.factor_sizes = {9, 18, 6};
  if (!both) return;
  info.factors.emplace_back("camera");
  info.factor_sizes.push_back(2);
}

// [N, 3 or 4], in the order of the factors.
Tensor norb_factors(const Tensor& info, int64_t cameras) {
  std::vector<Tensor> columns;
  for (const NorbColumn column : {norb_elevation, norb_azimuth, norb_lighting})
    columns.push_back(for_each_camera(info.select(1, column), cameras).to(at::kFloat) /
                      static_cast<double>(kNorbLargest.at(static_cast<size_t>(column))));
  if (cameras > 1) columns.push_back(at::arange(cameras * info.size(0)).remainder(cameras).to(at::kFloat));
  return at::stack(columns, 1);
}

}  // namespace

NorbPart read_norb_part(const std::filesystem::path& folder, const std::string& prefix, NorbCamera camera,
                        int64_t size) {
  const auto images = norb_file(folder, prefix + "-dat"), categories = norb_file(folder, prefix + "-cat"),
             info = norb_file(folder, prefix + "-info");
  NorbPart part;
  part.images = read_norb_images(images, camera, size, part.checksums[prefix + "-dat.mat"]);
  const int64_t rows = part.images.size(0);
  constexpr auto last = static_cast<int64_t>(kNorbCategories.size()) - 1;
  part.categories = read_norb_columns(categories, rows, {last}, part.checksums[prefix + "-cat.mat"]).select(1, 0);
  part.info =
      read_norb_columns(info, rows, {kNorbLargest.begin(), kNorbLargest.end()}, part.checksums[prefix + "-info.mat"]);
  return part;
}

Options NorbOptions::describe() {
  Options options;
  options.add("size", size, "height and width that images of 96x96 are averaged to").range(8, 96).in("pixels");
  options.add("camera", camera, "which picture of each pair is taken; both takes two images from each")
      .one_of({"left", "right", "both"});
  options.add("data_seed", data_seed, "seed that chooses the images that fit the probes").range(0, 1e15);
  options
      .add("fit_images", fit_images,
           "number of training images (pairs, with both cameras) that fit the probes; training then excludes them")
      .range(0, 1e6);
  options.add("norb_dir", norb_dir,
              "folder of the six files smallnorb-...-dat.mat, -cat.mat and -info.mat, packed with gzip or not; left "
              "empty: the environment variable NORB_DIR, then data/norb");
  return options;
}

std::unique_ptr<DataSource> make_norb(const NorbOptions& options) {
  const auto folder = place_of(options.norb_dir, "NORB_DIR", std::filesystem::path("data") / "norb");
  const NorbCamera camera = camera_named(options.camera);
  NorbPart training = read_norb_part(folder, kNorbTraining, camera, options.size);
  NorbPart testing = read_norb_part(folder, kNorbTesting, camera, options.size);
  const int64_t cameras = training.images.size(1);
  IndexedExamples all;
  all.info.name = "norb";
  all.info.space = Space::square(1, options.size);
  describe_norb(all.info, cameras > 1);
  all.info.checksums = training.checksums;
  all.info.checksums.merge(testing.checksums);
  const Tensor info = at::cat({training.info, testing.info});
  const Tensor categories = at::cat({training.categories, testing.categories});
  const Tensor toys = categories * kNorbInstances + info.select(1, norb_instance);
  all.labels = for_each_camera(categories, cameras);
  all.attributes = for_each_camera(at::stack({toys, categories}, 1), cameras);
  all.factors = norb_factors(info, cameras);
  all.splits = norb_splits(training.images.size(0), testing.images.size(0), cameras, options);
  all.copy = from_bytes(at::cat({training.images, testing.images}).view({-1, 1, options.size, options.size}));
  return indexed_source(std::move(all));
}

}  // namespace refract
