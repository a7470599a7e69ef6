// What the commands that draw a picture share.
#pragma once

#include <string>
#include <vector>

#include "app/command.h"
#include "app/output_file.h"
#include "refract/figures/figure.h"
#include "refract/train/run.h"

namespace refract {

// The arguments RUN, --out and --overwrite.
struct PictureArguments {
  std::string run;
  OutputFile out;

  // `kind`: ".png" or ".gif".
  void declare(CLI::App& app, const std::string& kind);

  // Where the picture will be; asked before anything is computed. Without --out: RUN's name and `what`, as
  // "demo-transfer.png".
  [[nodiscard]] std::filesystem::path file(const std::string& what) const;

  // The trained model, without its data.
  [[nodiscard]] OpenedRun open() const { return open_run(run, false); }
};

// Writes the figure to `file` and says so.
Result written(const Figure& figure, const std::filesystem::path& file);

}  // namespace refract
