#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

struct InterpolateArguments {
  PictureArguments picture;
  OwnImages from, to;
  std::string block;
  int64_t steps = 24;
};

// The block that the user names; without a name the one that is exchanged, or the only one.
size_t chosen_block(const Model& model, const std::string& name) {
  if (!name.empty()) return block_named(model, name);
  return model.blocks().size() == 1 ? 0 : exchanged_block(model);
}

Result run_interpolate(const InterpolateArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  if (!model.space().is_picture())
    throw BadInput(fmt::format(
        "Interpolating: expected a model of pictures, found a model of {}. For rows, use `refract transfer`.",
        text_of(model.space())));
  const size_t block = chosen_block(model, arguments.block);
  const Paths starts = arguments.from.files();
  const Paths ends = arguments.to.files();
  if (starts.size() != ends.size())
    throw BadInput(fmt::format("Interpolating: expected as many images in A as in B, found {} and {}.", starts.size(),
                               ends.size()));
  const auto parts = interpolation_parts(std::ssize(starts), arguments.steps, size_of(model.space()));
  arguments.picture.begin("interpolation", model,
                          {std::ssize(starts) * (arguments.steps + 1), parts.size(), 2 * std::ssize(starts)});
  const EncodedImages from = arguments.from.encoded(model, starts, true);
  const EncodedImages to = arguments.to.encoded(model, ends, true);
  return arguments.picture.draw("interpolation", interpolation_sheets(model, {from.images, from.codes},
                                                                      {to.images, to.codes}, block, arguments.steps));
}

Action declare_interpolate(CLI::App& app) {
  const auto arguments = std::make_shared<InterpolateArguments>();
  arguments->picture.declare(app, ".gif");
  arguments->from.paths.resize(1);
  arguments->to.paths.resize(1);
  app.add_option("A", arguments->from.paths[0], "image to start from, or a folder of images")
      ->type_name("")
      ->required();
  app.add_option("B", arguments->to.paths[0], "image to end at, or a folder with as many images")
      ->type_name("")
      ->required();
  app.add_option("--block", arguments->block,
                 "latent block that moves (the target block); the others keep the codes of A")
      ->type_name("NAME");
  app.add_option("--steps", arguments->steps, "steps from A to B (24)")->type_name("COUNT")->check(CLI::Range(1, 1000));
  return [arguments](const Invocation&) { return run_interpolate(*arguments); };
}

}  // namespace

Command interpolate_command() {
  return {"interpolate",
          "Animate one latent block from image A to image B.",
          "",
          {"bin/refract interpolate runs/demo runs/demo/examples/score-1.png runs/demo/examples/score-2.png --block e"},
          declare_interpolate};
}

}  // namespace refract
