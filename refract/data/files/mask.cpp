#include "refract/data/files/mask.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "refract/core/errors.h"
#include "refract/data/files/image_file.h"

namespace refract {
namespace {

constexpr int64_t kHalfWhite = 128;

struct Band {
  int64_t from, to;
};

// At least one pixel wide, and inside.
Band band_of(double from, double to, int64_t size) {
  const int64_t first = std::clamp<int64_t>(std::lround(from * static_cast<double>(size)), 0, size - 1);
  return {first, std::clamp<int64_t>(std::lround(to * static_cast<double>(size)), first + 1, size)};
}

Tensor hidden_box(const NamedMask& mask, const Space& space) {
  const Band rows = band_of(mask.top, mask.bottom, space.height());
  const Band columns = band_of(mask.left, mask.right, space.width());
  Tensor hidden = at::zeros({1, space.height(), space.width()}, at::kBool);
  hidden.slice(1, rows.from, rows.to).slice(2, columns.from, columns.to).fill_(true);
  return hidden;
}

Tensor hidden_of_file(const std::string& file, const Space& space) {
  std::error_code none;
  const bool exists = std::filesystem::exists(file, none), folder = std::filesystem::is_directory(file, none);
  if (!exists || folder)
    throw BadInput(
        fmt::format("Reading the mask: expected {}, or a picture file whose white pixels are hidden; found {} {}.",
                    mask_names(), folder ? "the folder" : "no file", file));
  Space gray = space;
  gray.sizes.front() = 1;
  return read_image(file, gray).ge(kHalfWhite);
}

}  // namespace

const std::vector<NamedMask>& masks() {
  static const std::vector<NamedMask> all = {{"right-half", 0, 1, 0.5, 1}, {"left-half", 0, 1, 0, 0.5},
                                             {"top-half", 0, 0.5, 0, 1},   {"bottom-half", 0.5, 1, 0, 1},
                                             {"eyes", 0.2, 0.5, 0.1, 0.9}, {"nose-mouth", 0.5, 0.9, 0.2, 0.8}};
  return all;
}

std::string mask_names() {
  std::string names;
  for (const NamedMask& mask : masks()) names += fmt::format("{}{}", names.empty() ? "" : ", ", mask.name);
  return names;
}

Tensor hidden_pixels(const std::string& mask, const Space& space) {
  if (!space.is_picture())
    throw BadInput(
        fmt::format("Hiding a part of a picture: the model makes {}, which are no pictures.", text_of(space)));
  const auto named = std::find_if(masks().begin(), masks().end(), [&](const NamedMask& m) { return m.name == mask; });
  Tensor hidden = named != masks().end() ? hidden_box(*named, space) : hidden_of_file(mask, space);
  const auto count = hidden.sum().item<int64_t>();
  if (count == 0 || count == hidden.numel())
    throw BadInput(
        fmt::format("Reading the mask {}: it hides {} of the {} pixels of a picture of {}x{}. Expected a part of them: "
                    "white is hidden, black is seen.",
                    mask, count == 0 ? "none" : "all", hidden.numel(), space.width(), space.height()));
  return hidden;
}

}  // namespace refract
