#include <CLI/App.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

struct TransferArguments {
  PictureArguments picture;
  OwnImages target;
  std::vector<std::string> common;
  std::string block;
};

Result run_transfer(const TransferArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  const size_t block = exchanged_block(model, arguments.block);
  if (!model.space().is_picture()) {
    const std::filesystem::path file = arguments.picture.rows_file("transfer");
    const NamedRows rows =
        transferred_rows(model, read_rows(opened, arguments.target.paths), read_rows(opened, arguments.common), block);
    return written_rows(opened, rows, file);
  }
  const OwnImages common = arguments.target.with(arguments.common);
  const Paths styles = arguments.target.files();
  const Paths contents = common.files();
  const auto parts = sheet_parts(std::ssize(contents), std::ssize(styles), size_of(model.space()));
  arguments.picture.begin(
      "transfer", model,
      {std::ssize(contents) * std::ssize(styles), parts.size(), std::ssize(contents) + std::ssize(styles)});
  const EncodedImages target = arguments.target.encoded(model, styles, true);
  const EncodedImages content = common.encoded(model, contents, true);
  return arguments.picture.draw(
      "transfer", transfer_sheets(model, {target.images, target.codes}, {content.images, content.codes}, block));
}

Action declare_transfer(CLI::App& app) {
  const auto arguments = std::make_shared<TransferArguments>();
  arguments->picture.declare(app, ".png", {".csv"});
  app.add_option("--target", arguments->target.paths, "images, folders or tables with the target factors (the style)")
      ->type_name("A ...")
      ->required();
  app.add_option("--common", arguments->common, "images, folders or tables with the common factors (the content)")
      ->type_name("B ...")
      ->required();
  app.add_option("--block", arguments->block, "latent block that A gives to B (the target block)")->type_name("NAME");
  arguments->target.declare_skipping(app);
  return [arguments](const Invocation&) { return run_transfer(*arguments); };
}

}  // namespace

Command transfer_command() {
  return {
      "transfer",
      "Give the target factors of some images or table rows to others: the style of A on the content of B.",
      "Each column has the style of an image of A, and each row the content of an image of B (Ruiz et al. 2019,\n"
      "Fig. 5). In a model with classes, the style is the class-independent factors (Hajimiri et al. 2021, Fig.\n"
      "5), and the images of B give the class with all that depends on it, even if the model has never seen their\n"
      "class (Zheng and Sun 2019, Fig. 6). --block gives another block. If the block is a class, what depends on\n"
      "the class goes with it. A run on a table writes the new rows as CSV. `refract swap` does the same for one\n"
      "list of images against itself and for held-out examples.",
      {"bin/refract transfer runs/demo --target runs/demo/examples/score-1.png --common runs/demo/examples/score-2.png",
       "bin/refract transfer runs/demo --target runs/demo/examples --common runs/demo/examples"},
      declare_transfer};
}

}  // namespace refract
