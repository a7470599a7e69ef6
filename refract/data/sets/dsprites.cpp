#include "refract/data/sets/dsprites.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/npz_file.h"
#include "refract/core/progress_counter.h"
#include "refract/data/files/place.h"
#include "refract/data/sets/sprite_grid.h"

namespace refract {
namespace {

constexpr const char* kFile = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz";
constexpr int64_t kRows = 4096;  // read at a time

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& expected, const std::string& found) {
  throw BadInput(
      fmt::format("Reading dSprites from {}: expected {}, found {}. Name {}, or a part of it, with "
                  "--dsprites_file.",
                  file.string(), expected, found, kFile));
}

// Shape, scale, orientation, position x and y of every image, [N, 5] int64.
Tensor read_latents(const std::filesystem::path& file) {
  const Tensor classes = read_npz(file, {"latents_classes"}).at("latents_classes").to(at::kLong);
  if (classes.dim() != 2 || classes.size(0) == 0 || classes.size(1) < 5 || classes.size(1) > 6)
    refuse(file, "latents_classes of shape [N, 6]", fmt::format("[{}]", fmt::join(classes.sizes(), ", ")));
  Tensor latents = classes.slice(1, classes.size(1) - 5).contiguous();
  const Tensor shapes = latents.select(1, 0);
  if (shapes.min().item<int64_t>() < 0 || shapes.max().item<int64_t>() > 2)
    refuse(file, "shapes 0, 1 and 2 in latents_classes", "others");
  return latents;
}

// [N, 1, size, size] uint8.
Tensor read_images(const std::filesystem::path& file, int64_t count, int64_t size, const OnProgress& on_progress) {
  ProgressCounter progress(on_progress, fmt::format("Reading the images in {}", file.string()), count);
  Tensor all = at::empty({count, 1, size, size}, at::kByte);
  int64_t read = 0;
  read_npz_rows(file, "imgs", kRows, [&](int64_t first, const Tensor& images) {
    read = first + images.size(0);
    if (images.dim() != 3 || images.size(1) != kSpriteSide || images.size(2) != kSpriteSide || read > count)
      refuse(file, fmt::format("imgs of shape [{}, 64, 64], as many as latents_classes has rows", count),
             fmt::format("[{}]", fmt::join(images.sizes().slice(1), ", ")));
    if (images.min().item<double>() < 0 || images.max().item<double>() > 1)
      refuse(file, "pixels that are 0 or 1 in imgs", "others");
    all.slice(0, first, read).copy_(sprite_bytes(images, size));
    progress.add(images.size(0));
  });
  if (read != count)
    refuse(file, fmt::format("{} images in imgs, one a row of latents_classes", count), fmt::format("{}", read));
  return all;
}

}  // namespace

Options DspritesOptions::describe() {
  Options options;
  options.add("size", size, "height and width that images of 64x64 are averaged to").range(8, 64).in("pixels");
  options.append(draw.describe());
  options.add(
      "dsprites_file", dsprites_file,
      fmt::format("the published .npz file or a part of it; left empty: the environment variable DSPRITES_FILE, "
                  "then data/dsprites/{}",
                  kFile));
  return options;
}

std::unique_ptr<DataSource> make_dsprites(const DspritesOptions& options, const OnProgress& on_progress) {
  const std::filesystem::path file =
      place_of(options.dsprites_file, "DSPRITES_FILE", std::filesystem::path("data") / "dsprites" / kFile);
  if (!std::filesystem::exists(file))
    throw BadInput(
        fmt::format("Reading dSprites: there is no file {}. Take {} from "
                    "https://github.com/google-deepmind/dsprites-dataset and name it with --dsprites_file, or choose "
                    "the data set rendered-sprites, which needs no file.",
                    file.string(), kFile));
  const Tensor latents = read_latents(file);
  IndexedExamples all = sprite_grid("dsprites", options.size, latents, options.draw);
  all.info.checksums[file.filename().string()] = sha256(read_file(file));
  all.copy = from_bytes(read_images(file, latents.size(0), options.size, on_progress));
  return indexed_source(std::move(all));
}

}  // namespace refract
