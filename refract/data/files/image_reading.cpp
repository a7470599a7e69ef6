#include "refract/data/files/image_reading.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/progress_counter.h"
#include "refract/data/source.h"

namespace refract {
namespace {

using Kept = std::shared_ptr<const KeptPictures>;

// Looking at 30,000 files takes a second on one thread where the disk is busy.
std::vector<PictureRecord> looked_at(const Paths& files, const std::filesystem::path& folder) {
  std::vector<PictureRecord> records(files.size());
  at::parallel_for(0, std::ssize(files), 256, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      records[i].path = files[i].lexically_relative(folder).string();
      records[i].stamp = stamp_of(files[i]);
    }
  });
  return records;
}

// Whether the cache tells what reading the file would; of a bad one it has no sentence.
bool is_known(const PictureRecord& then, const PictureRecord& now, bool skip_bad) {
  const bool was_read = !then.checksum.empty() || then.stamp == FileStamp{};
  return then.stamp == now.stamp && (then.good || (skip_bad && was_read));
}

// Of each file its place in the cache; -1 where it is to be read.
Indices places_in(const Kept& kept, const std::vector<PictureRecord>& now, bool skip_bad) {
  Indices places(now.size(), -1);
  if (!kept) return places;
  const std::vector<PictureRecord>& then = kept->records();
  std::unordered_map<std::string_view, size_t> known;
  for (size_t i = 0; i < then.size(); ++i) known.emplace(then[i].path, i);
  for (size_t i = 0; i < now.size(); ++i)
    if (const auto found = known.find(now[i].path); found != known.end())
      if (is_known(then[found->second], now[i], skip_bad)) places[i] = static_cast<int64_t>(found->second);
  return places;
}

// The mapping lasts as long as the tensor.
Tensor tensor_of(const Kept& kept, const Space& space) {
  auto* pictures = const_cast<uint8_t*>(kept->pictures());
  return at::from_blob(
      pictures, space.batch(std::ssize(kept->records())), [kept](void* /*pictures*/) {}, at::kByte);
}

class Reading {
 public:
  Reading(const ReadingPlan& plan, ImagesDecoded& result, const Kept& kept, const Indices& places)
      : plan_(plan), result_(result), kept_(kept), places_(places), fresh_(plan.cache, result.records, plan.space) {
    const std::vector<int64_t> sizes = plan.space.batch(std::ssize(plan.files));
    if (c10::multiply_integers(sizes) <= plan.limit) result.images = at::empty(sizes, at::kByte);
  }

  void run() {
    const auto count = std::ssize(plan_.files);
    ProgressCounter progress(plan_.on_progress, fmt::format("Reading the images in {}", plan_.folder.string()), count);
    at::parallel_for(0, count, 16, [&](int64_t begin, int64_t end) {
      std::vector<uint8_t> room(result_.images.defined() ? 0 : static_cast<size_t>(plan_.space.numel()));
      for (int64_t i = begin; i < end; ++i) {
        take(i, room.empty() ? result_.images.data_ptr<uint8_t>() + i * plan_.space.numel() : room.data());
        progress.add();
      }
    });
  }

  void keep() {
    if (const Kept mapped = fresh_.publish(result_.records)) result_.images = tensor_of(mapped, plan_.space);
    result_.note = fresh_.failure();
  }

 private:
  void take(int64_t i, uint8_t* pixels) {
    const int64_t place = places_[static_cast<size_t>(i)];
    PictureRecord& record = result_.records[static_cast<size_t>(i)];
    if (place < 0) {
      read(static_cast<size_t>(i), pixels);
    } else {
      record = kept_->records()[static_cast<size_t>(place)];
      std::memcpy(pixels, kept_->pictures() + place * plan_.space.numel(), static_cast<size_t>(plan_.space.numel()));
    }
    if (record.good) fresh_.write(i, pixels);
  }

  void read(size_t i, uint8_t* pixels) {
    PictureRecord& record = result_.records[i];
    try {
      const std::string bytes = image_bytes(plan_.files[i]);
      record.checksum = sha256(bytes);
      decode_image(bytes, plan_.files[i], plan_.space, pixels);
      record.good = true;
    } catch (const BadInput& error) {
      result_.errors[i] = error.what();
    }
  }

  const ReadingPlan& plan_;
  ImagesDecoded& result_;
  const Kept& kept_;
  const Indices& places_;
  NewPictures fresh_;
};

bool is_whole(const Kept& kept, const Indices& places) {
  return kept && kept->records().size() == places.size() && places == all_indices(std::ssize(places));
}

}  // namespace

ImagesDecoded decode_all(const ReadingPlan& plan) {
  ImagesDecoded result;
  result.records = looked_at(plan.files, plan.folder);
  result.errors.resize(plan.files.size());
  const Kept kept = KeptPictures::open(plan.cache, plan.space);
  const Indices places = places_in(kept, result.records, plan.skip_bad);
  if (is_whole(kept, places)) {
    result.records = kept->records();
    result.images = tensor_of(kept, plan.space);
    return result;
  }
  Reading reading(plan, result, kept, places);
  reading.run();
  reading.keep();
  return result;
}

}  // namespace refract
