// Space: what one example of a data set is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace refract {

// The units of an example's values. They decide which likelihoods fit (methods/likelihood.h).
enum class Values {
  pixels,  // in [-1, 1]: black to white
  real,    // any number; columns of a table are standardised
  counts,  // whole numbers from 0 on, such as reads of genes
};

// How a picture of other proportions is brought to those of the space.
enum class Fit {
  crop,     // the largest central part of the right proportions
  pad,      // all of it, with black beside it
  stretch,  // all of it, out of proportion
};

struct Space {
  std::vector<int64_t> sizes;  // [C, H, W] of a picture, [D] of a row of a table
  Values values = Values::pixels;
  double library = 0;   // counts: the sum of a typical row, which generated rows have
  Fit fit = Fit::crop;  // pictures

  static Space picture(int64_t channels, int64_t height, int64_t width) { return {{channels, height, width}}; }
  static Space square(int64_t channels, int64_t size) { return picture(channels, size, size); }
  static Space row(int64_t columns, Values values = Values::real) { return {{columns}, values}; }

  [[nodiscard]] bool is_picture() const { return sizes.size() == 3; }
  [[nodiscard]] int64_t numel() const;

  // Of a picture; a row is one channel of one pixel's height.
  [[nodiscard]] int64_t channels() const { return is_picture() ? sizes[0] : 1; }
  [[nodiscard]] int64_t height() const { return is_picture() ? sizes[1] : 1; }
  [[nodiscard]] int64_t width() const { return sizes.back(); }
  [[nodiscard]] int64_t longer_side() const { return height() > width() ? height() : width(); }

  // [count, sizes...].
  [[nodiscard]] std::vector<int64_t> batch(int64_t count) const;

  bool operator==(const Space&) const = default;
};

std::string_view name_of(Fit fit);
std::string_view name_of(Values values);
// Throw BadInput for another name.
Fit fit_named(std::string_view name);
Values values_named(std::string_view name);

// "96 x 84 pixels, 3 channels" (width first, as people say it), "rows of 80 numbers", "rows of 1000 counts".
std::string text_of(const Space& space);

}  // namespace refract
