#include "refract/data/sets/rendered_sprites.h"

#include <ATen/ops/empty.h>

#include <array>
#include <numbers>

#include "refract/data/files/image_file.h"
#include "refract/data/sets/sprite_grid.h"
#include "refract/data/sets/sprite_render.h"

namespace refract {
namespace {

using Numbers = std::array<int64_t, 5>;  // one for each factor

// The numbers of the values that image `image` of a grid of `sizes` shows.
Numbers numbers_of(int64_t image, const Numbers& sizes) {
  Numbers numbers{};
  for (size_t k = sizes.size(); k-- > 0; image /= sizes[k]) numbers[k] = image % sizes[k];
  return numbers;
}

Tensor latents_of(const Numbers& sizes) {
  int64_t count = 1;
  for (const int64_t size : sizes) count *= size;
  Tensor latents = at::empty({count, static_cast<int64_t>(sizes.size())}, at::kLong);
  auto* out = latents.data_ptr<int64_t>();
  for (int64_t image = 0; image < count; ++image)
    for (const int64_t number : numbers_of(image, sizes)) *out++ = number;
  return latents;
}

Sprite sprite_of(const Numbers& numbers, const Numbers& sizes) {
  const auto part = [&](size_t k) { return static_cast<double>(numbers.at(k)) / static_cast<double>(sizes.at(k) - 1); };
  return {static_cast<SpriteShape>(numbers[0]), 0.5 + 0.5 * part(1), 2 * std::numbers::pi * part(2), part(3), part(4)};
}

}  // namespace

Options RenderedSpritesOptions::describe() {
  Options options;
  options.add("size", size, "height and width that images of 64x64 are averaged to").range(8, 64).in("pixels");
  options.add("scales", scales, "number of scales from 0.5 to 1").range(2, 16);
  options.add("orientations", orientations, "number of orientations in a full turn").range(2, 100);
  options.add("positions", positions, "number of positions in each direction").range(2, 32);
  options.append(draw.describe());
  return options;
}

std::unique_ptr<DataSource> make_rendered_sprites(const RenderedSpritesOptions& options) {
  const Numbers sizes = {3, options.scales, options.orientations, options.positions, options.positions};
  IndexedExamples all = sprite_grid("rendered-sprites", options.size, latents_of(sizes), options.draw);
  all.copy = [sizes, size = options.size](int64_t image, float* out) {
    const Sprite sprite = sprite_of(numbers_of(image, sizes), sizes);
    to_floats(sprite_bytes(render_sprite(sprite).unsqueeze(0), size), out);
  };
  return indexed_source(std::move(all));
}

}  // namespace refract
