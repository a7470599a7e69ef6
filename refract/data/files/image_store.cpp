#include "refract/data/files/image_store.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/progress_counter.h"

namespace refract {
namespace {

// What became of one file.
struct Reading {
  std::string checksum;
  std::string error;  // "" where the image is good
};

// Reads all files, several at once; images go to `kept` where it is defined.
std::vector<Reading> read_all(const Paths& files, const Space& space, const Tensor& kept, ProgressCounter& progress) {
  std::vector<Reading> readings(files.size());
  const auto read = [&](size_t i) {
    try {
      const std::string bytes = image_bytes(files[i]);
      const Tensor image = decode_image(bytes, files[i], space);
      readings[i].checksum = sha256(bytes);
      if (kept.defined()) kept[static_cast<int64_t>(i)].copy_(image);
    } catch (const BadInput& error) {
      readings[i].error = error.what();
    }
  };
  at::parallel_for(0, static_cast<int64_t>(files.size()), 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      read(static_cast<size_t>(i));
      progress.add();
    }
  });
  return readings;
}

}  // namespace

ImageStore::ImageStore(const Paths& listed, const std::filesystem::path& folder, const Space& space, const How& how)
    : space_(space) {
  const auto count = static_cast<int64_t>(listed.size());
  const std::vector<int64_t> sizes = space.batch(count);
  if (c10::multiply_integers(sizes) <= how.limit) kept_ = at::empty(sizes, at::kByte);

  std::string lines, first_error;
  ProgressCounter progress(how.on_progress, fmt::format("Reading the images in {}", folder.string()), count);
  const std::vector<Reading> readings = read_all(listed, space, kept_, progress);
  for (size_t i = 0; i < readings.size(); ++i) {
    if (readings[i].error.empty()) {
      numbers_.push_back(static_cast<int64_t>(i));
      files_.push_back(listed[i]);
      checksums_.push_back(readings[i].checksum);
      lines += fmt::format("{}  {}\n", readings[i].checksum, listed[i].lexically_relative(folder).string());
    } else if (first_error.empty()) {
      first_error = readings[i].error;
    }
  }
  if (!first_error.empty() && !how.skip_bad) throw BadInput(fmt::format("{} {}", first_error, skip_advice));
  if (files_.empty())
    throw BadInput(
        fmt::format("Reading the images in {}: none of the {} files is good, the first of them {}. Without "
                    "--skip-bad-images the message says what is wrong with it.",
                    folder.string(), count, listed.front().string()));
  skipped_ = count - static_cast<int64_t>(files_.size());
  if (in_memory() && skipped_ > 0) kept_ = kept_.index_select(0, at::tensor(numbers_, at::kLong));
  checksum_ = sha256(lines);
}

void ImageStore::copy(int64_t index, float* out) const {
  to_floats(in_memory() ? kept_[index] : read_image(files_.at(static_cast<size_t>(index)), space_), out);
}

}  // namespace refract
