// The figures, drawn from images at hand: what `refract synthesize`, `transfer`, `swap`, `sample`, `interpolate`,
// `inpaint` and `retrieve` show of a user's own images, and what the registry's figures show of a data set.
//
// Images are [N, C, H, W] in [-1, 1] of the model's space; BadInput is thrown as by model/manipulate.h. Functions
// that end in _sheets cut what is too large for one sheet into several; the model must outlive what they return.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "refract/draw/sheet.h"
#include "refract/figures/figure.h"
#include "refract/figures/paged.h"
#include "refract/model/manipulate.h"

namespace refract {

// Each image above its reconstruction and, where the model has a reference code, above itself with the target block set
// to that code: the style is removed. `reference` may be undefined; reference images are reconstructed with the
// reference code.
Figure reconstruction_sheet(const Model& model, const Tensor& unlabelled, const Tensor& reference);

// One row an image, itself in the margin; a column shares one target code from the prior (Ruiz et al. 2019, Fig. 4), or
// one code of another block (Mathieu et al. 2016, Fig. 5).
Figure synthesis_sheet(const Model& model, const Tensor& images, int64_t variants, uint64_t seed);
PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed);
PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed,
                             size_t block);

// Target factors of the images in the first row, or another block of theirs, and all else of those in the first column
// (Ruiz et al. 2019, Fig. 5).
Figure transfer_sheet(const Model& model, const Tensor& target, const Tensor& common);
PagedFigure transfer_sheets(const Model& model, const Pictures& target, const Pictures& common, size_t block);

// The swapping grid (Mathieu et al. 2016, Fig. 2a): as above, of any block. Where `top` and `left` are the same images,
// reconstructions stand on the diagonal.
Figure swap_sheet(const Model& model, const Tensor& images, size_t block);
PagedFigure swap_sheets(const Model& model, const Pictures& top, const Pictures& left, size_t block);

// Panels of side x side samples: a panel shares the target code, a position the others (Ruiz et al. 2019, Fig. 10).
Figure sample_sheet(const Model& model, int64_t panels, int64_t side, uint64_t seed);
PagedFigure sample_sheets(const Model& model, int64_t panels, int64_t side, uint64_t seed);

// For each category a row a class, of `samples` images (Zheng and Sun 2019, Fig. 3), with the name that data of these
// attributes have for it. Throws BadInput where the model has no classes.
PagedFigure class_sample_sheets(const Model& model, int64_t samples, uint64_t seed,
                                const std::vector<Attribute>& attributes = {});

// An animation: one block moves from that of `from` to that of `to` and back, image by image, the others stay those of
// `from`.
Figure interpolation(const Model& model, const Tensor& from, const Tensor& to, size_t block, int64_t steps = 24);
PagedFigure interpolation_sheets(const Model& model, const Pictures& from, const Pictures& to, size_t block,
                                 int64_t steps);

// What interpolation_sheets will draw of so many pairs of images of a size: columns count pairs. Throws BadInput
// where even one pair takes too much memory.
std::vector<SheetPart> interpolation_parts(int64_t pairs, int64_t steps, PixelSize size);

// For each pair of images a grid in which two parts of the code move independently, blocks `across` from left to right
// and all others from the top down, with A beside the top left corner and B beside the bottom right one (Mathieu et al.
// 2016, Fig. 2b). On sheets, one a pair. Throws BadInput where a grid is larger than a sheet.
Figure interpolation_grid_sheet(const Model& model, const Tensor& from, const Tensor& to,
                                const std::vector<size_t>& across, int64_t steps);
PagedFigure interpolation_grid_sheets(const Model& model, const Pictures& from, const Pictures& to,
                                      const std::vector<size_t>& across, int64_t steps);

// The most steps that a sheet has room for, at least 1, and what throws BadInput for more.
int64_t most_grid_steps(PixelSize size);
void check_grid_steps(int64_t steps, PixelSize size);

// Queries with their nearest neighbours by each of some blocks.
struct Retrieved {
  Tensor queries;                                        // [Q, C, H, W], as of to_bytes
  std::vector<std::string> blocks;                       // their names
  std::vector<Tensor> rows;                              // [Q, K] int64 a block, of the candidates
  std::function<Tensor(const Tensor& rows)> candidates;  // images of these rows, [n] int64: [n, C, H, W]
};

// A row a query: itself, then its nearest, block by block in panels (Mathieu et al. 2016, Fig. 4).
PagedFigure retrieval_sheets(const Retrieved& retrieved, PixelSize size);

// What retrieval_sheets will draw: rows count queries, columns the images of a row.
std::vector<SheetPart> retrieval_parts(int64_t queries, const std::vector<std::string>& blocks, int64_t neighbours,
                                       PixelSize size);

// The most neighbours that stand beside a query.
int64_t most_neighbours(PixelSize size);

// Pictures a part of which a model filled in.
struct FilledPictures {
  Tensor original;      // [N, C, H, W], as of to_bytes
  Tensor filled;        // the same where it was visible
  Tensor decoded = {};  // all that the model makes of the picture; undefined: not shown
  Tensor hidden;        // [1, H, W] bool
};

// A row a picture: the original, what was visible of it, and filled (Zheng and Sun 2019, Fig. 7).
PagedFigure inpainting_sheets(const FilledPictures& pictures);

// What inpainting_sheets will draw: rows count pictures.
std::vector<SheetPart> inpainting_parts(int64_t pictures, bool decoded, PixelSize size);

// The images themselves; `reference` may be undefined.
Figure data_sheet(const Tensor& unlabelled, const Tensor& reference);

// What the figure `data` of the registry draws; needs no model.
Figure data_sheet(const DataSource& data, uint64_t seed);

}  // namespace refract
