#include "app/picture_command.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include "refract/core/files.h"
#include "refract/figures/picture.h"

namespace refract {

void PictureArguments::declare(CLI::App& app, const std::string& kind) {
  app.add_option("RUN", run, "folder of a trained run")->type_name("")->required();
  out.declare(app, {kind});
}

std::filesystem::path PictureArguments::file(const std::string& what) const {
  const std::string name = without_slash(std::filesystem::weakly_canonical(run)).filename().string();
  return out.resolve(fmt::format("{}-{}", name, what));
}

Result written(const Figure& figure, const std::filesystem::path& file) {
  write_file(file, file.extension() == ".gif" ? gif(figure.frames) : png(figure.frames.at(0)));
  return {fmt::format("{}\n{} is written.\n", figure.caption, file.string()),
          {{"file", file.string()},
           {"height", figure.frames.at(0).size(1)},
           {"width", figure.frames.at(0).size(2)},
           {"frames", figure.frames.size()},
           {"caption", figure.caption}}};
}

}  // namespace refract
