#include <ATen/ops/arange.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/core/errors.h"
#include "refract/eval/search.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

struct SwapArguments {
  PictureArguments picture;
  OwnImages images;
  std::vector<std::string> with;
  std::string block;
  int64_t count = 8;
  uint64_t seed = 1;
  KeyValues places;
};

void begin_swap(const SwapArguments& arguments, const Model& model, int64_t rows, int64_t columns, int64_t files) {
  const auto parts = sheet_parts(rows, columns, size_of(model.space()));
  arguments.picture.begin("swap", model, {rows * columns, parts.size(), files});
}

Result swap_own_images(const SwapArguments& arguments, const Model& model, size_t block) {
  const OwnImages& top = arguments.images;
  const OwnImages left = top.with(arguments.with);
  const bool same = arguments.with.empty();
  const Paths above = top.files(), beside = same ? above : left.files();
  begin_swap(arguments, model, std::ssize(beside), std::ssize(above),
             std::ssize(above) + (same ? 0 : std::ssize(beside)));
  const EncodedImages styles = top.encoded(model, above, true);
  const EncodedImages contents = same ? styles : left.encoded(model, beside, true);
  return arguments.picture.draw(
      "swap", swap_sheets(model, {styles.images, styles.codes}, {contents.images, contents.codes}, block));
}

// Examples of the run's own data, by what they are called.
NamedRows held_out_examples(const SwapArguments& arguments, const DataSource& data) {
  const HeldOutExamples chosen = drawn_queries(data, arguments.seed, arguments.count);
  return {examples_of(data, chosen, at::arange(chosen.count())), names_of(chosen)};
}

Result swap_held_out_images(const SwapArguments& arguments, const Model& model, const DataSource& data, size_t block) {
  const Pictures pictures = encoded(model, held_out_examples(arguments, data).examples);
  const int64_t count = pictures.images.size(0);
  begin_swap(arguments, model, count, count, 0);
  return arguments.picture.draw("swap", swap_sheets(model, pictures, pictures, block));
}

Result swap_rows(const SwapArguments& arguments, const OpenedRun& opened, size_t block) {
  const std::filesystem::path file = arguments.picture.rows_file("swap");
  const NamedRows top = arguments.images.paths.empty() ? held_out_examples(arguments, *opened.data)
                                                       : read_rows(opened, arguments.images.paths);
  const NamedRows left = arguments.with.empty() ? top : read_rows(opened, arguments.with);
  return written_rows(opened, transferred_rows(*opened.method, top, left, block), file);
}

Result run_swap(const SwapArguments& arguments) {
  const bool own = !arguments.images.paths.empty();
  if (!own && !arguments.with.empty())
    throw BadInput(
        "Swapping: --with gives the images of the left column; expected those of the top row before it, found none. "
        "Name both, or neither for held-out examples.");
  const OpenedRun opened = own ? arguments.picture.open() : arguments.picture.open_with_data(arguments.places);
  const Model& model = *opened.method;
  const size_t block = exchanged_block(model, arguments.block);
  if (!model.space().is_picture()) return swap_rows(arguments, opened, block);
  return own ? swap_own_images(arguments, model, block) : swap_held_out_images(arguments, model, *opened.data, block);
}

Action declare_swap(CLI::App& app) {
  const auto arguments = std::make_shared<SwapArguments>();
  arguments->picture.declare(app, ".png", {".csv"});
  arguments->images.declare(app, false);
  app.add_option("--with", arguments->with, "images, folders or tables for the left column (those of the top row)")
      ->type_name("B ...");
  app.add_option("--block", arguments->block, "latent block to swap (the target block)")->type_name("NAME");
  app.add_option("--count", arguments->count, "number of held-out examples if no images are named (8)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  add_seed(app, arguments->seed, "seed that chooses the held-out examples (1)");
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation&) { return run_swap(*arguments); };
}

}  // namespace

Command swap_command() {
  return {"swap",
          "Swap one latent block between all pairs of images.",
          "Each image has the block of the image at the top of its column and all other codes of the image at the\n"
          "left of its row (Mathieu et al. 2016, Fig. 2). IMAGES form the top row. Without --with, they also form\n"
          "the left column, and the diagonal shows reconstructions. Without IMAGES, held-out examples of the run's\n"
          "own data are drawn.\n"
          "Without --block, the target block is swapped, as in `refract transfer`, or in a model with classes the\n"
          "class-independent block. If --block names the classes, the blocks that depend on the class are swapped,\n"
          "too (Zheng and Sun 2019, Fig. 6). A run on a table writes the new rows as CSV.",
          {"bin/refract swap runs/demo", "bin/refract swap runs/demo runs/demo/examples --block z",
           "bin/refract swap runs/demo runs/demo/examples/score-1.png --with runs/demo/examples"},
          declare_swap};
}

}  // namespace refract
