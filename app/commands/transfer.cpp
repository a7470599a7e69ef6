#include <CLI/App.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

struct TransferArguments {
  PictureArguments picture;
  OwnImages target;
  std::vector<std::string> common;
};

Result run_transfer(const TransferArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  if (const std::string missing = lacks_exchange(model); !missing.empty()) throw BadInput(missing);
  if (!model.space().is_picture()) {
    const std::filesystem::path file = arguments.picture.rows_file("transfer");
    const NamedRows rows = transferred_rows(model, read_rows(opened, arguments.target.paths),
                                            read_rows(opened, arguments.common), exchanged_block(model));
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
  return arguments.picture.draw("transfer",
                                transfer_sheets(model, {target.images, target.codes}, {content.images, content.codes}));
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
      "5). A run on a table writes the new rows as CSV. `refract swap` does the same for any block, for one list\n"
      "of images against itself, and for held-out examples.",
      {"bin/refract transfer runs/demo --target runs/demo/examples/score-1.png --common runs/demo/examples/score-2.png",
       "bin/refract transfer runs/demo --target runs/demo/examples --common runs/demo/examples"},
      declare_transfer};
}

}  // namespace refract
