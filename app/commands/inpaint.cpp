#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <set>

#include "app/cli/option_flags.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/picture_command.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/mask.h"
#include "refract/draw/canvas.h"
#include "refract/draw/picture.h"
#include "refract/eval/search.h"
#include "refract/figures/sheets.h"
#include "refract/model/inpaint.h"

namespace refract {
namespace {

constexpr int64_t inpainted_at_once = 64;

struct InpaintArguments {
  PictureArguments picture;
  OwnImages images;
  std::string mask = "right-half";
  std::string by = "optimising";
  InpaintSettings settings;
  bool raw = false;
  std::string separate;
  int64_t count = 8;
  uint64_t seed = 1;
  KeyValues places;
};

struct PicturesToFill {
  Tensor bytes;                    // [N, C, H, W] uint8
  std::vector<std::string> names;  // of files to write, without an ending
};

PicturesToFill own_pictures(const OwnImages& images, const Model& model, const Paths& files) {
  const EncodedImages read = images.read(model.space(), files);
  PicturesToFill pictures{read.images, {}};
  for (const std::filesystem::path& file : read.files) pictures.names.push_back(file.stem().string());
  return pictures;
}

PicturesToFill held_out_pictures(const DataSource& data, const HeldOutExamples& chosen) {
  PicturesToFill pictures;
  const Tensor bytes = to_bytes(examples_of(data, chosen, at::arange(chosen.count())));
  pictures.bytes = bytes.slice(1, 0, data.info().space.channels());
  for (const int64_t index : chosen.score) pictures.names.push_back(fmt::format("score-{}", index + 1));
  return pictures;
}

struct FilledParts {
  std::vector<Tensor> filled, decoded;
  double error = 0;  // summed over pictures
};

// Bytes of visible pixels stay as they are.
void fill_slice(const Model& model, const Tensor& bytes, const Tensor& hidden, const InpaintSettings& settings,
                const OnProgress& on_progress, FilledParts& parts) {
  const Tensor some = bytes.contiguous();
  Tensor floats = at::empty(some.sizes());
  to_floats(some, floats.data_ptr<float>());
  const Inpainted found = inpaint(model, floats, hidden, settings, on_progress);
  parts.error += hidden_error(floats, found.filled, hidden).sum().item<double>();
  const Tensor decoded = to_bytes(found.decoded).slice(1, 0, bytes.size(1));
  parts.decoded.push_back(decoded);
  parts.filled.push_back(at::where(hidden, decoded, some));
}

FilledParts filled_parts(const InpaintArguments& arguments, const Model& model, const Tensor& bytes,
                         const Tensor& hidden) {
  const OnProgress progress = shown_progress();
  const int64_t all = bytes.size(0);
  FilledParts parts;
  for (int64_t from = 0; from < all; from += inpainted_at_once) {
    const auto tell = [&](const Progress& part) { progress({part.what, from + part.done, all}); };
    fill_slice(model, bytes.slice(0, from, from + inpainted_at_once), hidden, arguments.settings, tell, parts);
  }
  return parts;
}

// Null where none is asked for or one is there already. Asked before the work: throws BadInput where the folder must
// not be written to, and Error where it cannot be made.
std::unique_ptr<NewFolder> new_separate(const InpaintArguments& arguments) {
  if (arguments.separate.empty()) return nullptr;
  const std::filesystem::path target = without_slash(arguments.separate);
  if (!std::filesystem::exists(target)) return std::make_unique<NewFolder>(target);
  if (!std::filesystem::is_directory(target))
    throw BadInput(fmt::format("Inpainting: expected a folder for --separate, found the file {}.", target.string()));
  if (!arguments.picture.out.overwrite)
    throw BadInput(
        fmt::format("Inpainting: {} exists already. Add --overwrite, or name another folder.", target.string()));
  return nullptr;
}

// The names, those that occur again with a number behind: "a", "a-2".
std::vector<std::string> unique_names(const std::vector<std::string>& names) {
  std::set<std::string> taken;
  std::vector<std::string> unique;
  unique.reserve(names.size());
  for (const std::string& name : names) {
    std::string own = name;
    for (int64_t number = 2; !taken.insert(own).second; ++number) own = fmt::format("{}-{}", name, number);
    unique.push_back(own);
  }
  return unique;
}

// `fresh`: null where the folder is there already.
std::vector<std::string> write_separate(const std::string& folder, NewFolder* fresh, const FilledPictures& pictures,
                                        const std::vector<std::string>& names) {
  const std::filesystem::path target = without_slash(folder);
  const std::vector<std::string> unique = unique_names(names);
  std::vector<std::string> files;
  const auto write_to = [&](const std::filesystem::path& place) {
    for (size_t n = 0; n < unique.size(); ++n) {
      const std::string file = fmt::format("{}.png", unique[n]);
      write_file(place / file, png(to_bytes(pictures.filled[static_cast<int64_t>(n)])));
      files.push_back((target / file).string());
    }
  };
  write_to(fresh == nullptr ? target : fresh->path());
  if (fresh != nullptr) fresh->publish();
  return files;
}

Result fill_pictures(const InpaintArguments& arguments, NewFolder* separate, const Model& model,
                     const PicturesToFill& pictures, const Tensor& hidden) {
  const FilledParts parts = filled_parts(arguments, model, pictures.bytes, hidden);
  FilledPictures sheet;
  sheet.original = pictures.bytes;
  sheet.filled = at::cat(parts.filled);
  if (arguments.raw) sheet.decoded = at::cat(parts.decoded);
  sheet.hidden = hidden;
  Result result = arguments.picture.draw("inpainting", inpainting_sheets(sheet));
  const double error = parts.error / static_cast<double>(pictures.bytes.size(0));
  result.text += fmt::format("Mean absolute error of the hidden pixels, in [-1, 1]: {:.4f} over {} pictures.\n", error,
                             pictures.bytes.size(0));
  result.json.update({{"mask", arguments.mask},
                      {"by", arguments.by},
                      {"pictures", pictures.bytes.size(0)},
                      {"hidden_error", error},
                      {"separate", Json::array()}});
  if (arguments.separate.empty()) return result;
  const std::vector<std::string> files = write_separate(arguments.separate, separate, sheet, pictures.names);
  result.json["separate"] = files;
  result.text += fmt::format("{} filled pictures are in {}.\n", files.size(), arguments.separate);
  return result;
}

Result run_inpaint(const InpaintArguments& arguments) {
  const bool own = !arguments.images.paths.empty();
  InpaintArguments all = arguments;
  all.settings.by = inpainting_named(all.by);
  const std::unique_ptr<NewFolder> separate = new_separate(all);
  const OpenedRun opened = own ? all.picture.open() : all.picture.open_with_data(all.places);
  const Model& model = *opened.method;
  if (const std::string missing = lacks_inpainting(model, all.settings.by); !missing.empty()) throw BadInput(missing);
  const Tensor hidden = hidden_pixels(all.mask, model.space());
  const Paths files = own ? all.images.files() : Paths();
  const HeldOutExamples chosen = own ? HeldOutExamples() : drawn_queries(*opened.data, all.seed, all.count);
  const int64_t count = own ? std::ssize(files) : chosen.count();
  const auto parts = inpainting_parts(count, all.raw, size_of(model.space()));
  all.picture.begin("inpainting", model,
                    {count, parts.size(), std::ssize(files), decodings_to_fill(model, all.settings)});
  return fill_pictures(all, separate.get(), model,
                       own ? own_pictures(all.images, model, files) : held_out_pictures(*opened.data, chosen), hidden);
}

Action declare_inpaint(CLI::App& app) {
  const auto arguments = std::make_shared<InpaintArguments>();
  arguments->picture.declare(app, ".png");
  app.add_option("IMAGES", arguments->images.paths, "images or folders of images (held-out examples)")
      ->type_name("...");
  arguments->images.declare_skipping(app);
  app.add_option(
         "--mask", arguments->mask,
         fmt::format("the hidden part: {}, or a picture file whose white pixels are hidden (right-half)", mask_names()))
      ->type_name("MASK");
  app.add_option("--by", arguments->by, "how codes are found: optimising or encoding (optimising)")->type_name("NAME");
  app.add_option("--steps", arguments->settings.steps, "optimising: steps of Adam (200)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100000));
  app.add_option("--starts", arguments->settings.starts,
                 "optimising: in a model with classes, how many of them, the best ones, are optimised (4)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  app.add_option("--rounds", arguments->settings.rounds,
                 "encoding, and the start of optimising: how often an image is encoded and filled in (5)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--raw", arguments->raw, "also show the whole decoded image");
  app.add_option("--separate", arguments->separate, "write the filled pictures as files into this folder, too")
      ->type_name("DIR");
  app.add_option("--count", arguments->count, "number of held-out examples if no images are named (8)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  add_seed(app, arguments->seed, "seed that chooses the held-out examples (1)");
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation&) { return run_inpaint(*arguments); };
}

}  // namespace

Command inpaint_command() {
  return {"inpaint",
          "Hide a part of images and let the model fill it in.",
          "The sheet shows each image, its visible part, and the image with the hidden part filled in (Zheng and Sun\n"
          "2019, Fig. 7). Visible pixels stay exactly as they are. The model is given no label.\n"
          "--by optimising moves the codes until their decoding agrees with the visible part, with the prior as a\n"
          "regulariser. In a model with classes, it tries each class and keeps the best result. --by encoding encodes\n"
          "the image, fills the hidden part with the decoding, and repeats this. It needs an encoder.\n"
          "The masks eyes and nose-mouth are for upright faces that fill the image. eyes hides 20 to 50 % of the\n"
          "height, from the top, and 10 to 90 % of the width. nose-mouth hides 50 to 90 % of the height and 20 to\n"
          "80 % of the width. A mask file is fitted and resized as the images are.\n"
          "Without IMAGES, held-out examples of the run's own data are filled in.",
          {"bin/refract inpaint runs/demo", "bin/refract inpaint runs/demo runs/demo/examples --mask bottom-half --raw",
           "bin/refract inpaint runs/demo runs/demo/examples --by encoding --separate filled --overwrite"},
          declare_inpaint};
}

}  // namespace refract
