// Figures in a folder: PNG and GIF files with an index of their titles and captions. docs/report.md specifies both.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "refract/figures/figure.h"

namespace refract {

struct StoredFigure {
  std::string name, title, caption;
  std::string file;  // within the folder: NAME.png, or NAME.gif for an animation
};

// Writes each figure as NAME.png or NAME.gif, and the index figures.json last; makes the folder where it is missing.
// Throws Error where the folder cannot be written.
std::vector<StoredFigure> write_figures(const std::vector<Figure>& figures, const std::filesystem::path& folder);

// What the index lists; nothing where there is no index. Throws BadInput where it is damaged.
std::vector<StoredFigure> read_figures(const std::filesystem::path& folder);

}  // namespace refract
