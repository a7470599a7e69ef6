// What encoders, generators and discriminators are built from: five styles.
// pooled: Ruiz et al. 2019, A.4: 3x3 convolutions, LeakyReLU, pixel normalisation (Karras et al. 2018), average pooling
// on the way down and nearest-neighbour up-sampling on the way up. Figure 7 is lost; what it left open is an option.
// strided: Dupont 2018; Hajimiri et al. 2021, Appendix C: 4x4 convolutions of stride 2, their transposes on the way up,
// ReLU, and a fully-connected layer of `hidden` features between convolutions and codes.
// normed5, normed3: Mathieu et al. 2016, supplementary material: 5x5 convolutions of stride 2, or two 3x3 convolutions
// for each halving, the second of stride 2; batch normalisation and ReLU. Generators mirror them with fractional
// strides. dense: fully-connected layers with LeakyReLU. Rows of a table always get these.
#pragma once

#include <cstdint>
#include <vector>

#include "refract/data/space.h"

namespace refract {

using Widths = std::vector<int64_t>;

struct Architecture {
  enum class Style { pooled, strided, dense, normed5, normed3 };
  Widths widths;  // channels at each resolution, from the picture's downwards
  Style style = Style::pooled;
  Widths generator_widths = {};  // strided: channels after each transposed convolution but the last; empty: as widths
  int64_t hidden = 256;          // strided
  Widths dense_widths = {256, 256};  // dense: features of each layer, from the example to the code
  double slope = 0;                  // normed5, normed3: of LeakyReLU; 0: ReLU

  [[nodiscard]] Style style_for(const Space& space) const { return space.is_picture() ? style : Style::dense; }

  // Whether the layers normalise over the batch: in training, what one example gives then depends on the others.
  [[nodiscard]] bool mixes_examples(const Space& space) const {
    const Style its = style_for(space);
    return its == Style::normed5 || its == Style::normed3;
  }
};

struct Extent {
  int64_t height = 0, width = 0;
  bool operator==(const Extent&) const = default;
};

// Height and width that are left after one halving for each width. Throws BadInput where a side cannot be halved so
// often or fewer than 2 pixels would be left.
Extent coarsest_extent(const Space& space, const Widths& widths);

// architecture.dense_widths. Throws BadInput where there are none.
const Widths& dense_widths_of(const Architecture& architecture);

}  // namespace refract
