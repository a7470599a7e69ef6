#include "app/commands/picture_command.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <chrono>
#include <numeric>

#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/draw/picture.h"

namespace refract {
namespace {

// Of decoding so many images, measured on a few.
double seconds_to_decode(const Model& model, int64_t images) {
  constexpr int64_t few = 4;
  Codes codes;
  for (const Block& block : model.blocks()) codes.push_back(at::zeros({few, block.size}));
  decode_all(model, codes);  // the first time takes longer
  const auto start = std::chrono::steady_clock::now();
  decode_all(model, codes);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return took.count() * static_cast<double>(images) / few;
}

void write_picture(const std::vector<Tensor>& frames, const std::filesystem::path& file) {
  write_file(file, file.extension() == ".gif" ? gif(frames) : png(frames.at(0)));
}

// "a.png" or "a-1.png to a-9.png"
std::string listed(const std::vector<std::filesystem::path>& files) {
  return files.size() == 1 ? files.front().string()
                           : fmt::format("{} to {}", files.front().string(), files.back().string());
}

}  // namespace

void PictureArguments::declare(CLI::App& app, const std::string& kind, const std::vector<std::string>& others) {
  kind_ = kind;
  std::vector<std::string> kinds = {kind};
  kinds.insert(kinds.end(), others.begin(), others.end());
  app.add_option("RUN", run, "folder of a trained run")->type_name("")->required();
  out.declare(app, kinds);
  app.add_option(
         "--sheets", most_sheets,
         fmt::format("largest number of files; pictures above {0} x {0} pixels are split into several files (50)",
                     kSheetSide))
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000000));
}

PictureArguments PictureArguments::of_kind(const std::string& kind) const {
  PictureArguments other = *this;
  other.kind_ = kind;
  return other;
}

OpenedRun PictureArguments::open_with_data(const KeyValues& places) const {
  return open_run(run, true, places, shown_progress());
}

std::string PictureArguments::stem(const std::string& what) const {
  const std::string name = without_slash(std::filesystem::weakly_canonical(run)).filename().string();
  return fmt::format("{}-{}", name, what);
}

std::vector<std::filesystem::path> PictureArguments::files(const std::string& what, size_t count) const {
  return out.only(kind_).resolve(stem(what), count);
}

std::filesystem::path PictureArguments::rows_file(const std::string& what) const {
  return out.only(".csv").resolve(stem(what));
}

void PictureArguments::begin(const std::string& what, const Model& model, const DrawingWork& work) const {
  constexpr int64_t drawn_at_once = 200;  // which nobody has to be told of
  constexpr double seconds_a_sheet = 1;   // to put it together and write it
  const auto& [images, sheets, to_read, effort] = work;
  if (static_cast<int64_t>(sheets) > most_sheets)
    throw BadInput(
        fmt::format("Drawing {} images: they fill {} sheets of {} x {} pixels, but at most {} are allowed. Name fewer "
                    "images, or allow more with --sheets {}.",
                    images, sheets, kSheetSide, kSheetSide, most_sheets, sheets));
  static_cast<void>(files(what, sheets));
  if (images * effort <= drawn_at_once && sheets == 1) return;
  const double seconds = seconds_to_decode(model, images * effort) + seconds_a_sheet * static_cast<double>(sheets);
  say(fmt::format("{} {} images on {} of at most {} x {} pixels; the drawing takes about {}.",
                  to_read > 0 ? fmt::format("Reading {} pictures and drawing", to_read) : "Drawing", images,
                  sheets == 1 ? "one sheet" : fmt::format("{} sheets", sheets), kSheetSide, kSheetSide,
                  duration_text(seconds)));
}

Result PictureArguments::draw(const std::string& what, const PagedFigure& figure) const {
  const auto paths = files(what, figure.images.size());
  const int64_t images = std::accumulate(figure.images.begin(), figure.images.end(), int64_t{0});
  const OnProgress progress = shown_progress();
  int64_t before = 0;
  Json json = {{"file", paths.front().string()}, {"files", Json::array()}};
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto drawn = figure.draw(i, [&](int64_t some) { progress({"Drawing images", before + some, images}); });
    write_picture(drawn, paths[i]);
    before += figure.images[i];
    json["files"].push_back(paths[i].string());
    json.update({{"height", drawn.at(0).size(1)}, {"width", drawn.at(0).size(2)}, {"frames", drawn.size()}});
  }
  json["caption"] = figure.words.caption;
  return {fmt::format("{}\n{} {} written.\n", figure.words.caption, listed(paths), paths.size() == 1 ? "is" : "are"),
          std::move(json)};
}

Result written(const Figure& figure, const std::filesystem::path& file) {
  write_picture(figure.frames, file);
  return {fmt::format("{}\n{} is written.\n", figure.caption, file.string()),
          {{"file", file.string()},
           {"height", figure.frames.at(0).size(1)},
           {"width", figure.frames.at(0).size(2)},
           {"frames", figure.frames.size()},
           {"caption", figure.caption}}};
}

}  // namespace refract
