#include <CLI/App.hpp>
#include <memory>
#include <numeric>

#include "app/cli/option_flags.h"
#include "app/commands/commands.h"
#include "app/commands/picture_command.h"
#include "app/commands/row_command.h"
#include "refract/core/errors.h"
#include "refract/figures/sheets.h"
#include "refract/model/class_codes.h"

namespace refract {
namespace {

struct SampleArguments {
  PictureArguments picture;
  int64_t panels = 6;
  int64_t side = 4;
  int64_t by_class = 0;  // 0: not by class
  uint64_t seed = 1;
};

Result sample_by_class(const SampleArguments& arguments, const OpenedRun& opened) {
  const Model& model = *opened.method;
  if (const std::string missing = lacks_class_samples(model); !missing.empty()) throw BadInput(missing);
  const std::vector<Attribute> attributes = attributes_of(opened.trained_on);
  if (!model.space().is_picture()) {
    const std::filesystem::path file = arguments.picture.rows_file("classes");
    return written_rows(opened, class_sampled_rows(model, arguments.by_class, arguments.seed, attributes), file);
  }
  const PagedFigure figure = class_sample_sheets(model, arguments.by_class, arguments.seed, attributes);
  const int64_t images = std::accumulate(figure.images.begin(), figure.images.end(), int64_t{0});
  arguments.picture.begin("classes", model, {images, figure.images.size(), 0});
  return arguments.picture.draw("classes", figure);
}

Result run_sample(const SampleArguments& arguments) {
  const OpenedRun opened = arguments.picture.open();
  if (arguments.by_class > 0) return sample_by_class(arguments, opened);
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
  CLI::Option* panels = app.add_option("--panels", arguments->panels, "number of panels, each with its own style (6)")
                            ->type_name("COUNT")
                            ->check(CLI::Range(1, 64));
  CLI::Option* side = app.add_option("--side", arguments->side, "images or rows along each side of a panel (4)")
                          ->type_name("COUNT")
                          ->check(CLI::Range(1, 16));
  app.add_option("--by-class,--by_class", arguments->by_class,
                 "number of samples of each class, in place of panels, in a model with classes")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 256));
  add_seed(app, arguments->seed, "seed of the samples (1)");
  // (CLI11 lists two options that exclude a third in the order of their addresses.)
  return [arguments, panels, side](const Invocation&) {
    if (arguments->by_class > 0 && panels->count() + side->count() > 0)
      throw BadInput("--by-class draws no panels: leave out --panels and --side, or --by-class.");
    return run_sample(*arguments);
  };
}

}  // namespace

Command sample_command() {
  return {"sample",
          "Sample new images or table rows from the prior.",
          "The images of a panel share the target factors. Images at the same place in all panels share the common\n"
          "factors (Ruiz et al. 2019, Fig. 10). In a model without a target block, each image is drawn independently.\n"
          "A run on a table writes the same number of rows, as CSV.\n"
          "--by-class draws a row of images for each class of a model with classes (Zheng and Sun 2019, Fig. 3). The\n"
          "images of a column share all factors that do not depend on the class. Classes that were learned from\n"
          "labels are named as in the data.",
          {"bin/refract sample runs/demo", "bin/refract sample runs/demo --panels 4 --seed 7"},
          declare_sample};
}

}  // namespace refract
