#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/own_images.h"
#include "app/picture_command.h"
#include "refract/core/errors.h"
#include "refract/figures/manipulate.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

struct Arguments {
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

Result run(const Arguments& arguments) {
  const std::filesystem::path file = arguments.picture.file("interpolation");
  const OpenedRun opened = arguments.picture.open();
  const size_t block = chosen_block(*opened.method, arguments.block);
  const Tensor from = arguments.from.read(opened.method->shape()).images;
  const Tensor to = arguments.to.read(opened.method->shape()).images;
  if (from.size(0) != to.size(0))
    throw BadInput(
        fmt::format("Interpolating: expected as many images in A as in B, found {} and {}.", from.size(0), to.size(0)));
  return written(interpolation(*opened.method, from, to, block, arguments.steps), file);
}

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->picture.declare(app, ".gif");
  arguments->from.paths.resize(1);
  arguments->to.paths.resize(1);
  app.add_option("A", arguments->from.paths[0], "image to start from, or a folder of them")->type_name("")->required();
  app.add_option("B", arguments->to.paths[0], "image to go to, or a folder of as many")->type_name("")->required();
  app.add_option("--block", arguments->block, "latent block that moves (the target block); the others stay those of A")
      ->type_name("NAME");
  app.add_option("--steps", arguments->steps, "steps from A to B (24)")->type_name("COUNT")->check(CLI::Range(1, 1000));
  return [arguments](const Invocation&) { return run(*arguments); };
}

}  // namespace

Command interpolate_command() {
  return {"interpolate",
          "Animate one latent block on its way from image A to image B.",
          "",
          {"bin/refract interpolate runs/demo runs/demo/examples/score-1.png runs/demo/examples/score-2.png --block e"},
          declare};
}

}  // namespace refract
