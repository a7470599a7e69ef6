#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/interrupt.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/alignment.h"
#include "refract/data/files/image_file.h"
#include "refract/draw/picture.h"

namespace refract {
namespace {

struct AlignArguments {
  std::string folder, landmarks, out;
  int64_t size = 96;
  double margin = 0.15;
  bool skip_missing = false;
};

struct Marked {
  std::filesystem::path file, name;  // below the folder
  const Landmarks* landmarks;
  [[nodiscard]] std::filesystem::path picture() const { return std::filesystem::path(name).replace_extension(".png"); }
};

// By path below the folder, by file name, or by file name without its ending.
const Landmarks* landmarks_of(const std::map<std::string, Landmarks>& landmarks, const std::filesystem::path& name) {
  for (const std::string& key : {name.string(), name.filename().string(), name.stem().string()})
    if (const auto found = landmarks.find(key); found != landmarks.end()) return &found->second;
  return nullptr;
}

std::vector<Marked> marked_images(const AlignArguments& arguments, const std::map<std::string, Landmarks>& landmarks) {
  std::vector<Marked> marked;
  size_t missing = 0;
  for (const auto& file : list_images(arguments.folder)) {
    const auto name = file.lexically_relative(arguments.folder);
    const Landmarks* found = landmarks_of(landmarks, name);
    if (found == nullptr && !arguments.skip_missing)
      throw BadInput(
          fmt::format("Aligning {}: there are no landmarks for it in {}. Add them, or leave such images out "
                      "with --skip-missing.",
                      file.string(), arguments.landmarks));
    if (found == nullptr) {
      ++missing;
      continue;
    }
    if (lie_on_a_line(found->points))
      throw BadInput(
          fmt::format("Reading landmarks from {}, line {}: the points of {} lie on a line or at one place, which does "
                      "not determine an affine map. Mark more points.",
                      found->file.string(), found->line, name.string()));
    marked.push_back({file, name, found});
  }
  if (marked.empty())
    throw BadInput(
        fmt::format("Aligning {}: none of its images has landmarks in {}.", arguments.folder, arguments.landmarks));
  std::map<std::filesystem::path, std::filesystem::path> pictures;
  for (const Marked& image : marked)
    if (const auto [other, added] = pictures.emplace(image.picture(), image.name); !added)
      throw BadInput(fmt::format("Aligning {}: {} and {} would both become {}. Rename one of them.", arguments.folder,
                                 other->second.string(), image.name.string(), image.picture().string()));
  if (missing > 0) say(fmt::format("{} images have no landmarks and are left out.", missing));
  return marked;
}

// False after a signal.
bool write_all(const AlignArguments& arguments, const std::vector<Marked>& marked, const Shape& target,
               const std::filesystem::path& folder) {
  const OnProgress progress = shown_progress();
  for (size_t i = 0; i < marked.size(); ++i) {
    const Tensor image = decode_whole(image_bytes(marked[i].file), marked[i].file);
    const Tensor warped = warp(image, affine_map(marked[i].landmarks->points, target), arguments.size);
    if (StopOnSignal::requested()) return false;
    const std::filesystem::path to = folder / marked[i].picture();
    std::filesystem::create_directories(to.parent_path());
    write_file(to, png(warped.expand({3, -1, -1}).contiguous()));
    progress({"Aligning images", static_cast<int64_t>(i + 1), std::ssize(marked)});
  }
  return true;
}

// Into a folder beside, which takes the name when it is whole.
Result align(const AlignArguments& arguments) {
  const std::filesystem::path out = without_slash(arguments.out);
  if (std::filesystem::exists(out))
    throw BadInput(fmt::format("Aligning images: {} exists already. Choose another folder.", out.string()));
  const std::map<std::string, Landmarks> landmarks = read_landmarks(arguments.landmarks);
  const std::vector<Marked> marked = marked_images(arguments, landmarks);
  std::vector<Shape> shapes;
  shapes.reserve(marked.size());
  for (const Marked& image : marked) shapes.push_back(image.landmarks->points);
  const Shape target = placed(mean_shape(shapes), arguments.size, arguments.margin);

  const StopOnSignal signals;
  NewFolder folder(out);
  if (!write_all(arguments, marked, target, folder.path())) {
    say("Stopped; nothing is left behind.");
    return {"", {{"outcome", "interrupted"}}, StopOnSignal::status()};
  }
  folder.publish();
  return {fmt::format("{} holds {} aligned images of {}x{} pixels.\n", out.string(), marked.size(), arguments.size,
                      arguments.size),
          {{"folder", out.string()}, {"images", marked.size()}, {"size", arguments.size}}};
}

Action declare_align(CLI::App& app) {
  const auto arguments = std::make_shared<AlignArguments>();
  app.add_option("FOLDER", arguments->folder, "folder of images; its sub-folders are kept")->type_name("")->required();
  app.add_option(
         "--landmarks", arguments->landmarks,
         "CSV file with lines NAME,x,y,x,y,... or folder of .pts files; at least 3 points, the same in all images")
      ->type_name("PATH")
      ->required();
  app.add_option("--out", arguments->out, "new folder")->type_name("DIR")->required();
  app.add_option("--size", arguments->size, "height and width of the aligned images (96)")
      ->type_name("PIXELS")
      ->check(CLI::Range(8, 4096));
  app.add_option("--margin", arguments->margin,
                 "margin on each side of the mean shape, as a fraction of the size (0.15)")
      ->type_name("PART")
      ->check(CLI::Range(0.0, 0.45));
  app.add_flag("--skip-missing,--skip_missing", arguments->skip_missing, "leave out images without landmarks");
  return [arguments](const Invocation&) { return align(*arguments); };
}

}  // namespace

Command align_command() {
  return {"align",
          "Align images by landmarks, such as those of faces, to one position, size and rotation.",
          "Procrustes analysis finds the mean shape of the landmarks. The affine map that fits best moves each\n"
          "image onto it. The result is cropped around the mean shape (Ruiz et al. 2019, A.3.2).",
          {"bin/refract align photos --landmarks landmarks.csv --out aligned"},
          declare_align};
}

}  // namespace refract
