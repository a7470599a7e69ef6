#include "refract/data/splits.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/order.h"

namespace refract {
namespace {

Indices part_of(const Indices& order, int64_t first, int64_t count) {
  return {order.begin() + first, order.begin() + first + count};
}

}  // namespace

void divide(Splits& splits, Set set, const Indices& examples, int64_t each, uint64_t key) {
  const Indices order = permutation(std::ssize(examples), key);
  for (int64_t k = 0; k < std::ssize(examples); ++k) {
    const Part part = k < each ? Part::fit : k < 2 * each ? Part::score : Part::train;
    splits[{set, part}].push_back(examples[static_cast<size_t>(order[static_cast<size_t>(k)])]);
  }
}

void sort_parts(Splits& splits, Set set) {
  for (const Part part : {Part::train, Part::fit, Part::score})
    std::sort(splits[{set, part}].begin(), splits[{set, part}].end());
}

Options PartOptions::describe() {
  Options options;
  options.add("data_seed", data_seed, "seed that chooses the images that fit and score the probes").range(0, 1e15);
  options
      .add("fit_from", fit_from,
           "part from which the images that fit the probes are taken: test or training; training then excludes them")
      .one_of({"test", "training"});
  options.add("fit_images", fit_images, "number of images that fit the probes").range(0, 1e6);
  options
      .add("score_images", score_images,
           "number of test images that score the probes; all are possible with fit_images 0")
      .range(0, 1e6);
  return options;
}

Splits splits_of(const std::string& name, int64_t training, int64_t test, const PartOptions& options) {
  const bool from_test = options.fit_from == "test";
  const int64_t of_training = from_test ? 0 : options.fit_images;
  const int64_t of_test = options.score_images + (from_test ? options.fit_images : 0);
  if (of_training >= training || of_test > test)
    throw BadInput(
        fmt::format("Splitting {}: {} of {} training images, which must leave one, and {} of {} test images are to fit "
                    "and score the probes. Lower fit_images or score_images.",
                    name, of_training, training, of_test, test));
  const uint64_t key = mix(static_cast<uint64_t>(options.data_seed), Stream::render);
  enum OrderOf : uint64_t { training_part, test_part };
  const Indices training_order = permutation(training, mix(key, 0, training_part));
  Indices test_order = permutation(test, mix(key, 0, test_part));
  for (int64_t& image : test_order) image += training;
  Splits splits;
  splits[Split::fit] = part_of(from_test ? test_order : training_order, 0, options.fit_images);
  splits[Split::score] = part_of(test_order, of_test - options.score_images, options.score_images);
  Indices& unlabelled = splits[Split::unlabelled] = part_of(training_order, of_training, training - of_training);
  std::sort(unlabelled.begin(), unlabelled.end());
  return splits;
}

Options DrawOptions::describe() {
  Options options;
  options.add("data_seed", data_seed, "seed that chooses the images that fit and score the probes").range(0, 1e15);
  options.add("fit_images", fit_images, "number of images that fit the probes").range(0, 1e6);
  options.add("score_images", score_images, "number of other images that score the probes").range(0, 1e6);
  return options;
}

Splits splits_of(const std::string& name, int64_t count, const DrawOptions& options) {
  if (options.fit_images + options.score_images > count)
    throw BadInput(
        fmt::format("Splitting {}: {} and {} different images are to fit and score the probes, but there are {}. Lower "
                    "fit_images or score_images.",
                    name, options.fit_images, options.score_images, count));
  const Indices order = permutation(count, mix(static_cast<uint64_t>(options.data_seed), Stream::render));
  Splits splits;
  splits[Split::unlabelled] = all_indices(count);
  splits[Split::fit] = part_of(order, 0, options.fit_images);
  splits[Split::score] = part_of(order, options.fit_images, options.score_images);
  return splits;
}

}  // namespace refract
