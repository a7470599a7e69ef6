#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

struct SynthesizeArguments {
  PictureArguments picture;
  OwnImages images;
  std::string block;
  int64_t variants = 8;
  uint64_t seed = 1;
};

Result run_synthesize(const SynthesizeArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  const size_t block = exchanged_block(model, arguments.block);
  if (const std::string missing = lacks_prior(model, block); !missing.empty()) throw BadInput(missing);
  if (!model.space().is_picture()) {
    const std::filesystem::path file = arguments.picture.rows_file("synthesis");
    const NamedRows rows = read_rows(opened, arguments.images.paths);
    return written_rows(opened, synthesized_rows(model, rows, arguments.variants, arguments.seed, block), file);
  }
  const Paths files = arguments.images.files();
  const auto parts = sheet_parts(std::ssize(files), arguments.variants, size_of(model.space()));
  arguments.picture.begin("synthesis", model,
                          {std::ssize(files) * arguments.variants, parts.size(), std::ssize(files)});
  const EncodedImages own = arguments.images.encoded(model, files, true);
  return arguments.picture.draw(
      "synthesis", synthesis_sheets(model, {own.images, own.codes}, arguments.variants, arguments.seed, block));
}

Action declare_synthesize(CLI::App& app) {
  const auto arguments = std::make_shared<SynthesizeArguments>();
  arguments->picture.declare(app, ".png", {".csv"});
  arguments->images.declare(app);
  app.add_option("--block", arguments->block, "latent block to draw (the target block); the images keep the others")
      ->type_name("NAME");
  app.add_option("--variants", arguments->variants, "number of new styles for each image or row (8)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 64));
  add_seed(app, arguments->seed, "seed of the styles (1)");
  return [arguments](const Invocation&) { return run_synthesize(*arguments); };
}

}  // namespace

Command synthesize_command() {
  return {"synthesize",
          "Give images or table rows new styles: keep their common factors and sample new target factors.",
          "Each row of the sheet begins with an image, and each column shares one sampled style (Ruiz et al. 2019,\n"
          "Fig. 4). In a model with classes, the style is the class-independent factors. A run on a table writes\n"
          "the new rows as CSV.\n"
          "--block draws another block from its prior. `--block z` keeps what is special to an image and draws the\n"
          "rest (Mathieu et al. 2016, Fig. 5). If the prior of a block depends on a class, the class is that of the\n"
          "image. If the block is a class, what depends on the class is drawn with it.",
          {"bin/refract synthesize runs/demo runs/demo/examples",
           "bin/refract synthesize runs/demo runs/demo/examples/score-1.png --out styles.png --overwrite",
           "bin/refract synthesize runs/demo runs/demo/examples --block z"},
          declare_synthesize};
}

}  // namespace refract
