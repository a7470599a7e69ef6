#include "refract/data/files/image_store.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/image_reading.h"

namespace refract {
namespace {

void refuse_bad(const std::vector<std::string>& errors) {
  const auto first =
      std::find_if(errors.begin(), errors.end(), [](const std::string& error) { return !error.empty(); });
  if (first != errors.end()) throw BadInput(fmt::format("{} {}", *first, skip_advice));
}

[[noreturn]] void refuse_all(const Paths& listed, const std::filesystem::path& folder) {
  throw BadInput(
      fmt::format("Reading the images in {}: none of the {} files is good, the first of them {}. Without "
                  "--skip-bad-images the message says what is wrong with it.",
                  folder.string(), listed.size(), listed.front().string()));
}

}  // namespace

ImageStore::ImageStore(const Paths& listed, const std::filesystem::path& folder, const Space& space, const How& how)
    : space_(space) {
  const std::filesystem::path cache = how.cache ? picture_cache_file(folder, space) : std::filesystem::path();
  ImagesDecoded read = decode_all({listed, folder, space, cache, how.skip_bad, how.limit, how.on_progress});
  if (!how.skip_bad) refuse_bad(read.errors);
  std::string lines;
  for (size_t i = 0; i < read.records.size(); ++i) {
    const PictureRecord& record = read.records[i];
    if (!record.good) continue;
    numbers_.push_back(static_cast<int64_t>(i));
    files_.push_back(listed[i]);
    checksums_.push_back(record.checksum);
    lines += fmt::format("{}  {}\n", record.checksum, record.path);
  }
  if (files_.empty()) refuse_all(listed, folder);
  skipped_ = std::ssize(listed) - std::ssize(files_);
  checksum_ = sha256(lines);
  kept_ = std::move(read.images);
  note_ = std::move(read.note);
}

void ImageStore::copy(int64_t index, float* out) const {
  const auto place = static_cast<size_t>(index);
  if (in_memory())
    to_floats(kept_.data_ptr<uint8_t>() + numbers_.at(place) * space_.numel(), space_.numel(), out);
  else
    to_floats(read_image(files_.at(place), space_), out);
}

Tensor ImageStore::bytes() const {
  return in_memory() && skipped_ > 0 ? kept_.index_select(0, at::tensor(numbers_, at::kLong)) : kept_;
}

}  // namespace refract
