#include "app/own_images.h"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "app/terminal.h"

namespace refract {

void OwnImages::declare(CLI::App& app, bool required) {
  app.add_option("IMAGES", paths, "images, or folders that are searched for them")
      ->type_name("...")
      ->required(required);
  app.add_flag("--skip-bad-images,--skip_bad_images", skip_bad, "leave out and count files that cannot be read");
}

ImagesRead OwnImages::read(const ImageShape& shape) const {
  Paths files;
  for (const std::string& path : paths)
    for (const auto& file : list_images(path)) files.push_back(file);
  ImagesRead read = read_images(files, shape, skip_bad);
  if (!read.skipped.empty())
    say(fmt::format("{} bad files were left out, the first of them {}.", read.skipped.size(),
                    read.skipped.front().string()));
  return read;
}

}  // namespace refract
