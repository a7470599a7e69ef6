#include "refract/nn/augmentation.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <fmt/format.h>

#include "refract/core/errors.h"

namespace refract {
namespace {

// For each picture a matrix [N, side, side] that moves its rows by up to an eighth of the side: a product moves many
// pictures faster than gathering pixels would, forwards and back.
Tensor shifts(const Tensor& pictures, int64_t side) {
  const int64_t most = (side + 4) / 8;
  const at::TensorOptions whole = pictures.options().dtype(at::kLong);
  const Tensor by = at::randint(-most, most + 1, {pictures.size(0), 1, 1}, whole);
  const Tensor places = at::arange(side, whole);
  return (places.view({1, side, 1}) + by).eq(places.view({1, 1, side})).to(pictures.scalar_type());
}

Tensor translated(const Tensor& x) {
  const Tensor down = shifts(x, x.size(2)).unsqueeze(1);
  const Tensor right = shifts(x, x.size(3)).unsqueeze(1);
  return down.matmul(x).matmul(right.transpose(2, 3));
}

// Whether each place on a side is within half of it around a random place, [N, side].
Tensor within(const Tensor& pictures, int64_t side) {
  const int64_t size = (side + 1) / 2;
  const at::TensorOptions whole = pictures.options().dtype(at::kLong);
  const Tensor from = at::randint(0, side + 1 - size % 2, {pictures.size(0), 1}, whole) - size / 2;
  const Tensor places = at::arange(side, whole).unsqueeze(0);
  return places.ge(from).logical_and(places.lt(from + size));
}

Tensor with_hole(const Tensor& x) {
  const Tensor rows = within(x, x.size(2)).view({-1, 1, x.size(2), 1});
  const Tensor columns = within(x, x.size(3)).view({-1, 1, 1, x.size(3)});
  return x * rows.logical_and(columns).logical_not();
}

Tensor recoloured(const Tensor& x) {
  const auto drawn = [&] { return at::rand({x.size(0), 1, 1, 1}, x.options()); };
  const Tensor bright = x + (drawn() - 0.5);
  const Tensor grey = bright.mean(1, true);
  const Tensor saturated = (bright - grey) * (2 * drawn()) + grey;
  const Tensor mean = saturated.mean({1, 2, 3}, true);
  return (saturated - mean) * (drawn() + 0.5) + mean;
}

}  // namespace

std::vector<std::string> Augmentation::choices() {
  return {"none", "translation", "cutout", "translation-cutout", "colour-translation", "colour-translation-cutout"};
}

Augmentation::Augmentation(const std::string& changes, const Space& space) {
  if (changes == "none") return;
  const auto has = [&](const char* name) { return changes.find(name) != std::string::npos; };
  translates_ = has("translation");
  cuts_ = has("cutout");
  colours_ = has("colour");
  if (!space.is_picture())
    throw BadInput(
        fmt::format("Building a discriminator: augmentation {} changes pictures, but the examples are {}. "
                    "Set augmentation=none.",
                    changes, text_of(space)));
  if (colours_ && space.channels() != 3)
    throw BadInput(
        fmt::format("Building a discriminator: augmentation {} changes colours, but the examples are {}. Set "
                    "augmentation=translation-cutout.",
                    changes, text_of(space)));
}

Tensor Augmentation::changed(const Tensor& pictures) const {
  Tensor x = pictures;
  if (colours_) x = recoloured(x);
  if (translates_) x = translated(x);
  return cuts_ ? with_hole(x) : x;
}

}  // namespace refract
