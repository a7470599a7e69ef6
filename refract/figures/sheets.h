// The figures, drawn from images at hand: what `refract synthesize`, `transfer`, `sample` and `interpolate` show of a
// user's own images, and what the registry's figures show of a data set.
//
// Images are [N, C, H, W] in [-1, 1] of the model's space; BadInput is thrown as by model/manipulate.h. Functions
// that end in _sheets cut what is too large for one sheet into several; the model must outlive what they return.
#pragma once

#include <cstdint>

#include "refract/draw/sheet.h"
#include "refract/figures/figure.h"
#include "refract/figures/paged.h"
#include "refract/model/manipulate.h"

namespace refract {

// Each image above its reconstruction and, where the model has a reference code, above itself with the target block set
// to that code: the style is removed. `reference` may be undefined; reference images are reconstructed with the
// reference code.
Figure reconstruction_sheet(const Model& model, const Tensor& unlabelled, const Tensor& reference);

// One row an image, itself in the margin; a column shares one target code from the prior (Ruiz et al. 2019, Fig. 4).
Figure synthesis_sheet(const Model& model, const Tensor& images, int64_t variants, uint64_t seed);
PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed);

// Target factors of the images in the first row, common factors of those in the first column (Ruiz et al. 2019, Fig.
// 5).
Figure transfer_sheet(const Model& model, const Tensor& target, const Tensor& common);
PagedFigure transfer_sheets(const Model& model, const Pictures& target, const Pictures& common);

// Panels of side x side samples: a panel shares the target code, a position the others (Ruiz et al. 2019, Fig. 10).
Figure sample_sheet(const Model& model, int64_t panels, int64_t side, uint64_t seed);
PagedFigure sample_sheets(const Model& model, int64_t panels, int64_t side, uint64_t seed);

// An animation: one block moves from that of `from` to that of `to` and back, image by image, the others stay those of
// `from`.
Figure interpolation(const Model& model, const Tensor& from, const Tensor& to, size_t block, int64_t steps = 24);
PagedFigure interpolation_sheets(const Model& model, const Pictures& from, const Pictures& to, size_t block,
                                 int64_t steps);

// What interpolation_sheets will draw of so many pairs of images of a size: columns count pairs. Throws BadInput
// where even one pair takes too much memory.
std::vector<SheetPart> interpolation_parts(int64_t pairs, int64_t steps, PixelSize size);

// The images themselves; `reference` may be undefined.
Figure data_sheet(const Tensor& unlabelled, const Tensor& reference);

// What the figure `data` of the registry draws; needs no model.
Figure data_sheet(const DataSource& data, uint64_t seed);

}  // namespace refract
