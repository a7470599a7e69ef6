#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/commands/commands.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

struct SampleArguments {
  PictureArguments picture;
  int64_t panels = 6;
  int64_t side = 4;
  uint64_t seed = 1;
};

Result run_sample(const SampleArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  const Model& model = *opened.method;
  if (!model.space().is_picture()) {
    const std::filesystem::path file = arguments.picture.rows_file("samples");
    const int64_t places = arguments.side * arguments.side;
    return written_rows(opened, sampled_rows(model, arguments.panels, places, arguments.seed), file);
  }
  const PagedFigure figure = sample_sheets(model, arguments.panels, arguments.side, arguments.seed);
  arguments.picture.begin("samples", model,
                          {arguments.panels * arguments.side * arguments.side, figure.images.size(), 0});
  return arguments.picture.draw("samples", figure);
}

Action declare_sample(CLI::App& app) {
  const auto arguments = std::make_shared<SampleArguments>();
  arguments->picture.declare(app, ".png", {".csv"});
  app.add_option("--panels", arguments->panels, "number of panels, each with its own style (6)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 64));
  app.add_option("--side", arguments->side, "images or rows along each side of a panel (4)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 16));
  add_seed(app, arguments->seed, "seed of the samples (1)");
  return [arguments](const Invocation&) { return run_sample(*arguments); };
}

}  // namespace

Command sample_command() {
  return {"sample",
          "Sample new images or table rows from the prior.",
          "The images of a panel share the target factors. Images at the same place in all panels share the common\n"
          "factors (Ruiz et al. 2019, Fig. 10). A run on a table writes as many rows, as CSV.",
          {"bin/refract sample runs/demo", "bin/refract sample runs/demo --panels 4 --seed 7"},
          declare_sample};
}

}  // namespace refract
