#include "refract/data/sets/fer2013.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "refract/core/files.h"
#include "refract/core/random.h"
#include "refract/data/files/place.h"
#include "refract/data/files/resize.h"
#include "refract/data/indexed_source.h"
#include "refract/data/order.h"

namespace refract {
namespace {

constexpr int64_t kNeutral = 6;

// A tenth of the training faces that are not neutral becomes the part that the files lack. "" where they lack none.
std::string draw_part(Faces& faces, FacePart part, uint64_t key) {
  if (std::find(faces.parts.begin(), faces.parts.end(), part) != faces.parts.end()) return "";
  Indices others;
  const auto* labels = faces.labels.data_ptr<int64_t>();
  for (int64_t i = 0; i < faces.labels.size(0); ++i)
    if (labels[i] != kNeutral && faces.parts[static_cast<size_t>(i)] == FacePart::train) others.push_back(i);
  const Indices order = permutation(std::ssize(others), key);
  for (size_t k = 0; k < others.size() / 10; ++k)
    faces.parts[static_cast<size_t>(others[static_cast<size_t>(order[k])])] = part;
  return fmt::format("The files have no {} part: {} training faces, drawn by data_seed, {} the probes instead.",
                     part == FacePart::test ? "test" : "validation", others.size() / 10,
                     part == FacePart::test ? "score" : "fit");
}

// Test images that are among the others, byte for byte, are left out.
Splits splits_of(const Faces& faces) {
  Splits splits;
  std::set<std::string> seen;  // checksums of training and validation images
  const auto* labels = faces.labels.data_ptr<int64_t>();
  const auto checksum = [&](int64_t i) {
    const Tensor image = faces.images[i].contiguous();
    return sha256({reinterpret_cast<const char*>(image.data_ptr<uint8_t>()), static_cast<size_t>(image.numel())});
  };
  for (int64_t i = 0; i < faces.images.size(0); ++i) {
    const FacePart part = faces.parts[static_cast<size_t>(i)];
    if (part == FacePart::test) continue;
    seen.insert(checksum(i));
    if (part == FacePart::train) splits[labels[i] == kNeutral ? Split::reference : Split::unlabelled].push_back(i);
    if (part == FacePart::validation && labels[i] != kNeutral) splits[Split::fit].push_back(i);
  }
  for (int64_t i = 0; i < faces.images.size(0); ++i)
    if (faces.parts[static_cast<size_t>(i)] == FacePart::test && labels[i] != kNeutral &&
        seen.find(checksum(i)) == seen.end())
      splits[Split::score].push_back(i);
  return splits;
}

}  // namespace

Options Fer2013Options::describe() {
  Options options;
  options.add("size", size, "height and width that faces are resized to").range(8, 512).in("pixels");
  options.add("data_seed", data_seed, "seed of what is held out for the probes where the files do not say")
      .range(0, 1e15);
  options.add("skip_bad_images", skip_bad_images, "leave out and count image files that cannot be read");
  options.add("fer2013_dir", fer2013_dir,
              "folder of fer2013.csv, icml_face_data.csv or train.csv, of folders as train/angry, or of images.idx, "
              "labels.idx and split.csv; left empty: the environment variable FER2013_DIR, then data/fer2013");
  return options;
}

std::unique_ptr<DataSource> make_fer2013(const Fer2013Options& options, const OnProgress& on_progress) {
  const auto folder = place_of(options.fer2013_dir, "FER2013_DIR", std::filesystem::path("data") / "fer2013");
  Faces faces = read_fer2013(folder, options.skip_bad_images, on_progress);
  const auto seed = static_cast<uint64_t>(options.data_seed);
  IndexedExamples all;
  all.info.note = faces.note;
  add_note(all.info, draw_part(faces, FacePart::validation, mix(seed, Stream::render, 0)));
  add_note(all.info, draw_part(faces, FacePart::test, mix(seed, Stream::render, 1)));
  all.info.name = "fer2013";
  all.info.space = Space::square(1, options.size);
  all.info.classes = {"angry", "disgust", "fear", "happy", "sad", "surprise"};  // neutral is none of them
  all.info.checksums = faces.checksums;
  all.labels = faces.labels.masked_fill(faces.labels.eq(kNeutral), -1);
  all.copy = from_bytes(resized(faces.images.unsqueeze(1), options.size));
  all.splits = splits_of(faces);
  return indexed_source(std::move(all));
}

}  // namespace refract
