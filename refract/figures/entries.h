// The rows of the figure registry, one from each figure's own file, and what those files share.
#pragma once

#include <cstdint>
#include <string>

#include "refract/figures/figure.h"

namespace refract {

struct Panel;  // draw/sheet.h

FigureEntry data_figure();
FigureEntry reconstructions_figure();
FigureEntry synthesize_figure();
FigureEntry transfer_figure();
FigureEntry swap_figure();
FigureEntry samples_figure();
FigureEntry interpolate_figure();
FigureEntry interpolation_grid_figure();
FigureEntry traversals_figure();
FigureEntry posterior_traversals_figure();
FigureEntry traversal_animation_figure();
FigureEntry class_samples_figure();
FigureEntry class_priors_figure();
FigureEntry class_interpolations_figure();
FigureEntry class_traversals_figure();
FigureEntry inpainting_figure();
FigureEntry block_map_figure();
FigureEntry column_effects_figure();
FigureEntry value_scatter_figure();
FigureEntry generated_scatter_figure();

// What figures pick independently of one another.
enum class Turn : uint64_t {
  first,
  transfer_target,
  transfer_common,
  interpolation_from,
  interpolation_to,
  traversal_range,
  traversal_start,
  class_priors,
  map,
  column_effects,
  value_scatter,
  swap,
  grid_from,
  grid_to,
  inpainting,
  generated_scatter,
};

// Up to `count` different images of a split, chosen by the seed and `turn` (two turns of one seed choose
// independently); undefined where the split is empty.
Tensor pick(const DataSource& data, Split split, int64_t count, uint64_t seed, Turn turn = Turn::first);

// The numbers of these images.
Indices picked(const DataSource& data, Split split, int64_t count, uint64_t seed, Turn turn = Turn::first);

// Of the columns of a table; "1", "2", ... where they have no names.
std::vector<std::string> column_names(const DataSource& data);

// Rows in the units of their table, [N, D] double on the CPU; counts as comparable() makes them (eval/features.h).
Tensor in_table_units(const Tensor& rows, const DataSource& data);

// "" where the data set has unlabelled images, else a sentence that says so.
std::string lacks_images(const DataSource& data);

// The same for a figure that encodes them and makes images of their codes.
std::string lacks_encoded_images(const Model& model, const DataSource& data);

// "" where the model makes pictures, else a sentence that says what it makes, or that it makes nothing.
std::string lacks_pictures(const Model& model);

// A row with the name of a class (class_name), shortened where it is long: what the model makes of this noise
// (prior_noise) with that class.
void add_class_row(Panel& panel, const Model& model, size_t category, const Codes& noise, int64_t index,
                   const std::vector<Attribute>& attributes);

// "" where it makes pictures of classes from priors, else a sentence that says what it lacks.
std::string lacks_class_pictures(const Model& model);

// The same where it has other blocks than classes, too.
std::string lacks_class_codes(const Model& model);

}  // namespace refract
