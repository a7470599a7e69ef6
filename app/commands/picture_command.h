// What the commands that draw a picture share.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/output_file.h"
#include "refract/figures/figure.h"
#include "refract/figures/paged.h"
#include "refract/train/run.h"

namespace refract {

struct DrawingWork {
  int64_t images = 0;  // that the model makes
  size_t sheets = 0;
  int64_t files = 0;   // to be read before
  int64_t effort = 1;  // times as long as decoding that the model works for an image
};

// The arguments RUN, --out, --overwrite and --sheets.
struct PictureArguments {
  std::string run;
  OutputFile out;
  int64_t most_sheets = 50;

  // `kind`: ".png" or ".gif". `others`: what the command writes in other cases, such as ".csv" for rows of a table.
  void declare(CLI::App& app, const std::string& kind, const std::vector<std::string>& others = {});

  // The same arguments where pictures are of another kind.
  [[nodiscard]] PictureArguments of_kind(const std::string& kind) const;

  // The trained model, without its data.
  [[nodiscard]] OpenedRun open() const { return open_run(run, false); }

  // With its data, which may lie elsewhere now.
  [[nodiscard]] OpenedRun open_with_data(const KeyValues& places) const;

  // To be asked before the work: throws BadInput where so many sheets are more than --sheets allows, or their files are
  // there already. Says on standard error how much there is to do and about how long the drawing takes, where that is
  // worth a line. `what`: as in "demo-transfer.png", the name without --out.
  void begin(const std::string& what, const Model& model, const DrawingWork& work) const;

  // The .csv file to write rows to; throws as OutputFile::resolve.
  [[nodiscard]] std::filesystem::path rows_file(const std::string& what) const;

  // Draws and writes sheet by sheet, with progress.
  [[nodiscard]] Result draw(const std::string& what, const PagedFigure& figure) const;

 private:
  std::string kind_;
  [[nodiscard]] std::string stem(const std::string& what) const;
  [[nodiscard]] std::vector<std::filesystem::path> files(const std::string& what, size_t count) const;
};

// Writes the figure to `file` and says so.
Result written(const Figure& figure, const std::filesystem::path& file);

}  // namespace refract
