#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t steps_of_animation = 24;
constexpr int64_t steps_of_grid = 8;

struct InterpolateArguments {
  PictureArguments picture;
  OwnImages from, to;
  std::string block;
  bool grid = false;
  int64_t steps = 0;  // 0: the usual number
};

// The block that the user names; without a name the one that is exchanged, or the only one.
size_t chosen_block(const Model& model, const std::string& name) {
  if (!name.empty()) return block_named(model, name);
  return model.blocks().size() == 1 ? 0 : exchanged_block(model);
}

Result draw_animation(const InterpolateArguments& arguments, const Model& model, const Paths& starts,
                      const Paths& ends) {
  const int64_t steps = arguments.steps > 0 ? arguments.steps : steps_of_animation;
  const size_t block = chosen_block(model, arguments.block);
  const auto parts = interpolation_parts(std::ssize(starts), steps, size_of(model.space()));
  arguments.picture.begin("interpolation", model,
                          {std::ssize(starts) * (steps + 1), parts.size(), 2 * std::ssize(starts)});
  const EncodedImages from = arguments.from.encoded(model, starts, true);
  const EncodedImages to = arguments.to.encoded(model, ends, true);
  return arguments.picture.draw(
      "interpolation", interpolation_sheets(model, {from.images, from.codes}, {to.images, to.codes}, block, steps));
}

Result draw_grid(const InterpolateArguments& arguments, const Model& model, const Paths& starts, const Paths& ends) {
  const std::vector<size_t> across = blocks_across(model, arguments.block);
  const PixelSize size = size_of(model.space());
  const int64_t steps = arguments.steps > 0 ? arguments.steps : std::min(steps_of_grid, most_grid_steps(size));
  check_grid_steps(steps, size);
  const PictureArguments picture = arguments.picture.of_kind(".png");
  const int64_t images = std::ssize(starts) * (steps + 1) * (steps + 1);
  picture.begin("interpolation-grid", model, {images, starts.size(), 2 * std::ssize(starts)});
  const EncodedImages from = arguments.from.encoded(model, starts, true);
  const EncodedImages to = arguments.to.encoded(model, ends, true);
  return picture.draw("interpolation-grid", interpolation_grid_sheets(model, {from.images, from.codes},
                                                                      {to.images, to.codes}, across, steps));
}

Result run_interpolate(const InterpolateArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  if (!model.space().is_picture())
    throw BadInput(fmt::format(
        "Interpolating: expected a model of pictures, found a model of {}. For rows, use `refract transfer`.",
        text_of(model.space())));
  const Paths starts = arguments.from.files();
  const Paths ends = arguments.to.files();
  if (starts.size() != ends.size())
    throw BadInput(fmt::format("Interpolating: expected as many images in A as in B, found {} and {}.", starts.size(),
                               ends.size()));
  return arguments.grid ? draw_grid(arguments, model, starts, ends) : draw_animation(arguments, model, starts, ends);
}

Action declare_interpolate(CLI::App& app) {
  const auto arguments = std::make_shared<InterpolateArguments>();
  arguments->picture.declare(app, ".gif", {".png"});
  arguments->from.paths.resize(1);
  arguments->to.paths.resize(1);
  app.add_option("A", arguments->from.paths[0], "image to start from, or a folder of images")
      ->type_name("")
      ->required();
  app.add_option("B", arguments->to.paths[0], "image to end at, or a folder with as many images")
      ->type_name("")
      ->required();
  app.add_option("--block", arguments->block,
                 "latent block that moves (the target block); the others keep the codes of A, or move down the grid")
      ->type_name("NAME");
  app.add_flag("--grid", arguments->grid, "draw a grid instead of an animation: a PNG file for each pair of images");
  app.add_option("--steps", arguments->steps,
                 fmt::format("steps from A to B ({}; with --grid {})", steps_of_animation, steps_of_grid))
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  return [arguments](const Invocation&) { return run_interpolate(*arguments); };
}

}  // namespace

Command interpolate_command() {
  return {"interpolate",
          "Animate one latent block from image A to image B, or draw a grid of two parts of the code.",
          "With --grid two parts of the code move independently: the target block, or the block of --block, from left\n"
          "to right, and all other blocks from the top down. The images A and B stand beside the corners (Mathieu et\n"
          "al. 2016, Fig. 2). In a model with classes, the classes and their factors move to the right and the\n"
          "class-independent factors down.",
          {"bin/refract interpolate runs/demo runs/demo/examples/score-1.png runs/demo/examples/score-2.png --block e",
           "bin/refract interpolate runs/demo runs/demo/examples/score-1.png runs/demo/examples/score-2.png --grid"},
          declare_interpolate};
}

}  // namespace refract
