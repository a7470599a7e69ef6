#include "refract/data/fer2013.h"

#include <set>

#include "refract/core/files.h"
#include "refract/data/indexed_source.h"
#include "refract/data/place.h"
#include "refract/data/resize.h"

namespace refract {
namespace {

constexpr int64_t kNeutral = 6;

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
  options.add("fer2013_dir", fer2013_dir,
              "folder of fer2013.csv (or images.idx, labels.idx, split.csv); left empty: the environment variable "
              "FER2013_DIR, then data/fer2013");
  return options;
}

std::unique_ptr<DataSource> make_fer2013(const Fer2013Options& options) {
  const auto folder = place_of(options.fer2013_dir, "FER2013_DIR", std::filesystem::path("data") / "fer2013");
  const Faces faces = read_fer2013(folder);
  IndexedImages all;
  all.info.name = "fer2013";
  all.info.shape = {1, options.size};
  all.info.classes = {"angry", "disgust", "fear", "happy", "sad", "surprise"};  // neutral is none of them
  all.info.checksums = faces.checksums;
  all.labels = faces.labels.masked_fill(faces.labels.eq(kNeutral), -1);
  all.copy = from_bytes(resized(faces.images.unsqueeze(1), options.size));
  all.splits = splits_of(faces);
  return indexed_source(std::move(all));
}

}  // namespace refract
