#include "refract/figures/stored.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/nesting.h"
#include "refract/draw/picture.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kIndex = "figures.json";

StoredFigure stored(const Json& json) {
  return {json.at("name"), json.at("title"), json.at("caption"), json.at("file")};
}

std::string extension_of(const Figure& figure) {
  return figure.frames.size() > 1 ? ".gif" : ".png";
}

void write_figure(const Figure& figure, const std::filesystem::path& path) {
  if (figure.frames.empty()) throw Error(fmt::format("Writing the figure {}: it has no frames.", figure.name));
  write_file(path, figure.frames.size() > 1 ? gif(figure.frames) : png(figure.frames[0]));
}

}  // namespace

std::vector<StoredFigure> write_figures(const std::vector<Figure>& figures, const std::filesystem::path& folder) {
  std::error_code reason;
  std::filesystem::create_directories(folder, reason);
  if (reason) throw Error(fmt::format("Creating {}: {}.", folder.string(), reason.message()));
  std::vector<StoredFigure> all;
  Json index = Json::array();
  for (const Figure& figure : figures) {
    const StoredFigure& one =
        all.emplace_back(StoredFigure{figure.name, figure.title, figure.caption, figure.name + extension_of(figure)});
    write_figure(figure, folder / one.file);
    index.push_back({{"name", one.name}, {"title", one.title}, {"caption", one.caption}, {"file", one.file}});
  }
  write_file(folder / kIndex, index.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return all;
}

std::vector<StoredFigure> read_figures(const std::filesystem::path& folder) {
  const std::filesystem::path index = folder / kIndex;
  if (!std::filesystem::exists(index)) return {};
  try {
    std::vector<StoredFigure> all;
    const std::string text = read_file(index);
    check_json_bounds(text, index.string());
    for (const Json& entry : Json::parse(text)) all.push_back(stored(entry));
    return all;
  } catch (const Json::exception& error) {
    throw BadInput(
        fmt::format("Reading {}: expected the index that `refract evaluate` writes, found: {}. Run `refract "
                    "evaluate` again to replace it.",
                    index.string(), error.what()));
  }
}

}  // namespace refract
