#include "refract/data/fer2013.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/image_file.h"
#include "refract/data/place.h"
#include "refract/data/resize.h"

namespace refract {
namespace {

constexpr int64_t kNeutral = 6;

// Of each split, where its images stand in the files.
std::array<Indices, 4> splits_of(const Faces& faces) {
  std::array<Indices, 4> splits;
  std::set<std::string> seen;  // checksums of training and validation images
  const auto* labels = faces.labels.data_ptr<int64_t>();
  const auto checksum = [&](int64_t i) {
    const Tensor image = faces.images[i].contiguous();
    return sha256({reinterpret_cast<const char*>(image.data_ptr<uint8_t>()), static_cast<size_t>(image.numel())});
  };
  const auto add = [&](Split split, int64_t i) { splits.at(static_cast<size_t>(split)).push_back(i); };
  for (int64_t i = 0; i < faces.images.size(0); ++i) {
    const FacePart part = faces.parts[static_cast<size_t>(i)];
    if (part == FacePart::test) continue;
    seen.insert(checksum(i));
    if (part == FacePart::train) add(labels[i] == kNeutral ? Split::reference : Split::unlabelled, i);
    if (part == FacePart::validation && labels[i] != kNeutral) add(Split::fit, i);
  }
  for (int64_t i = 0; i < faces.images.size(0); ++i)
    if (faces.parts[static_cast<size_t>(i)] == FacePart::test && labels[i] != kNeutral &&
        seen.find(checksum(i)) == seen.end())
      add(Split::score, i);
  return splits;
}

class Fer2013 : public DataSource {
 public:
  Fer2013(const Faces& faces, int64_t size) : splits_(splits_of(faces)), labels_(faces.labels) {
    info_.name = "fer2013";
    info_.shape = {1, size};
    info_.classes = {"angry", "disgust", "fear", "happy", "sad", "surprise"};
    info_.checksums = faces.checksums;
    images_ = resized(faces.images.unsqueeze(1), size);
  }

  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override {
    return static_cast<int64_t>(splits_.at(static_cast<size_t>(split)).size());
  }

  [[nodiscard]] Tensor images(Split split, const Indices& indices) const override {
    const int64_t size = info_.shape.size;
    Tensor all = at::empty({static_cast<int64_t>(indices.size()), 1, size, size});
    auto* out = all.data_ptr<float>();
    for (const int64_t index : indices) {
      to_floats(images_[place(split, index)], out);
      out += size * size;
    }
    return all;
  }

  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    if (split == Split::reference)
      throw BadInput(
          "Reading labels of fer2013 (reference): neutral faces have none of the six. Ask for another split.");
    std::vector<int64_t> places;
    for (const int64_t index : indices) places.push_back(place(split, index));
    return labels_.index_select(0, torch::tensor(places, at::kLong));
  }

 private:
  [[nodiscard]] int64_t place(Split split, int64_t index) const {
    if (index >= 0 && index < count(split)) return splits_.at(static_cast<size_t>(split))[static_cast<size_t>(index)];
    throw BadInput(fmt::format("Reading image {} of fer2013 ({}): there are {}, counted from 0.", index, name_of(split),
                               count(split)));
  }

  DataInfo info_;
  std::array<Indices, 4> splits_;
  Tensor labels_;
  Tensor images_;  // [N, 1, S, S] uint8
};

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
  return std::make_unique<Fer2013>(read_fer2013(folder), options.size);
}

}  // namespace refract
