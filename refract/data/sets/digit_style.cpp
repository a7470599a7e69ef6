#include "refract/data/sets/digit_style.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/place.h"
#include "refract/data/indexed_source.h"
#include "refract/data/order.h"
#include "refract/data/sets/digit_render.h"
#include "refract/data/sets/embedded_digits.h"
#include "refract/data/sets/mnist.h"

namespace refract {
namespace {

// What every example shows: a digit, numbered from the training digits on, and a style.
struct Shown {
  Indices digits;
  std::vector<DigitStyle> styles;
};

void check_counts(const std::string& name, const Digits& training, const Digits& test, const DigitCounts& counts) {
  const int64_t unlabelled = training.count() - counts.reference;
  if (unlabelled < 1 || test.count() < counts.fit + counts.score)
    throw BadInput(
        fmt::format("Splitting the digits of {}: {} reference digits and at least one other are taken from {} "
                    "training digits, and {} + {} from {} test digits. Lower the counts.",
                    name, counts.reference, training.count(), counts.fit, counts.score, test.count()));
}

// Examples of a split go round the digits. Reference digits keep to one style.
void add_split(IndexedExamples& all, Shown& shown, Split split, std::span<const int64_t> digits, int64_t count,
               uint64_t key) {
  for (int64_t i = 0; i < count; ++i) {
    all.splits[split].push_back(std::ssize(shown.digits));
    shown.digits.push_back(digits[static_cast<size_t>(i) % digits.size()]);
    shown.styles.push_back(
        split == Split::reference ? DigitStyle{} : draw_style(mix(key, 1 + place_of(split), static_cast<uint64_t>(i))));
  }
}

Shown add_splits(IndexedExamples& all, int64_t training, int64_t test, const DigitCounts& counts, uint64_t key) {
  const Indices order = permutation(training, mix(key, 0, 0));
  Indices test_order = permutation(test, mix(key, 0, 1));
  for (int64_t& digit : test_order) digit += training;
  const auto part = [](const Indices& from, int64_t first, int64_t count) {
    return std::span(from).subspan(static_cast<size_t>(first), static_cast<size_t>(count));
  };
  Shown shown;
  add_split(all, shown, Split::reference, part(order, 0, counts.reference), counts.reference, key);
  add_split(all, shown, Split::unlabelled, part(order, counts.reference, training - counts.reference),
            counts.unlabelled, key);
  add_split(all, shown, Split::fit, part(test_order, 0, counts.fit), counts.fit, key);
  add_split(all, shown, Split::score, part(test_order, counts.fit, counts.score), counts.score, key);
  return shown;
}

// Reference digits are outlines without a style.
Tensor factors_of(const Shown& shown, const IndexedExamples& all) {
  Tensor factors = at::empty({std::ssize(shown.styles), std::ssize(all.info.factors)});
  auto* out = factors.data_ptr<float>();
  for (const DigitStyle& style : shown.styles) {
    const auto row = style.factors();
    out = std::copy(row.begin(), row.end(), out);
  }
  factors.slice(0, 0, std::ssize(all.splits[Split::reference])).fill_(std::numeric_limits<float>::quiet_NaN());
  return factors;
}

float padding_of(const std::string& name) {
  return name == "zero" ? 0.0F : -1.0F;
}

void describe_common(Options& options, int64_t& size, int64_t& seed, std::string& padding) {
  options.add("size", size, "height and width of the images, a multiple of 16").range(16, 128).in("pixels");
  options.add("data_seed", seed, "seed of the splits and styles").range(0, 1e15);
  options
      .add("padding", padding,
           "what surrounds a downscaled digit: black, or zero, a gray frame (0 in [-1, 1]) that shows the scale")
      .one_of({"black", "zero"});
}

// The first folder that is looked at and has the files; empty where none has.
std::filesystem::path find_mnist(const std::string& given) {
  if (!given.empty()) return given;
  const std::filesystem::path usual = usual_place("mnist_dir");
  for (const std::filesystem::path& folder : {place_of("", "MNIST_DIR", usual), usual})
    if (holds_mnist(folder)) return folder;
  return {};
}

std::unique_ptr<DataSource> from_embedded(DataInfo info, const DigitCounts& counts, int64_t size, int64_t seed,
                                          const std::string& padding) {
  const auto key = static_cast<uint64_t>(seed);
  Digits training = embedded_digits(counts.reference + (counts.unlabelled + 1) / 2, mix(key, 1));
  Digits test = embedded_digits(counts.fit + counts.score, mix(key, 2));
  return digit_style(std::move(info), std::move(training), std::move(test), counts, size, key, padding_of(padding));
}

}  // namespace

Options DigitStyleOptions::describe() {
  Options options;
  describe_common(options, size, data_seed, padding);
  options.add("emnist", emnist, emnist_meaning());
  options.add("mnist_dir", mnist_dir,
              "folder of MNIST's IDX or CSV files, or torchvision's; left empty: the environment variable MNIST_DIR, "
              "then data/mnist, then "
              "embedded digits");
  return options;
}

Options EmbeddedDigitsOptions::describe() {
  Options options;
  describe_common(options, size, data_seed, padding);
  options.add("reference_images", counts.reference, "number of reference images").range(0, 1e6);
  options.add("unlabelled_images", counts.unlabelled, "number of unlabelled images").range(1, 1e6);
  options.add("fit_images", counts.fit, "number of images that fit the probes").range(0, 1e6);
  options.add("score_images", counts.score, "number of images that score the probes").range(0, 1e6);
  return options;
}

std::unique_ptr<DataSource> digit_style(DataInfo info, Digits training, Digits test, const DigitCounts& counts,
                                        int64_t size, uint64_t seed, float padding) {
  if (size < 16 || size > 128 || size % 16 != 0)
    throw BadInput(fmt::format("Option size: expected a multiple of 16 from 16 to 128, found '{}'.", size));
  check_counts(info.name, training, test, counts);
  info.space = Space::square(3, size);
  info.factors = {"red", "green", "blue", "scale", "width"};
  int64_t classes = 0;
  for (const Digits* digits : {&training, &test})
    if (digits->count() > 0) classes = std::max(classes, digits->labels.max().item<int64_t>() + 1);
  for (auto c = std::ssize(info.classes); c < classes; ++c) info.classes.push_back(fmt::format("{}", c));
  IndexedExamples all;
  all.info = std::move(info);
  Shown shown = add_splits(all, training.count(), test.count(), counts, mix(seed, Stream::render));
  all.factors = factors_of(shown, all);
  all.labels = at::cat({training.labels, test.labels}).index_select(0, at::tensor(shown.digits, at::kLong));
  all.copy = [training, test, shown = std::move(shown), size, padding](int64_t example, float* out) {
    const int64_t digit = shown.digits[static_cast<size_t>(example)], first = training.count();
    const Tensor picture = digit < first ? training.images[digit] : test.images[digit - first];
    render_digit(picture, shown.styles[static_cast<size_t>(example)], size, out, padding);
  };
  return indexed_source(std::move(all));
}

std::unique_ptr<DataSource> make_digit_style(const DigitStyleOptions& options) {
  DataInfo info;
  info.name = "digit-style";
  const std::filesystem::path folder = find_mnist(options.mnist_dir);
  if (folder.empty()) {
    info.note = "MNIST was not found (MNIST_DIR and data/mnist were looked at): embedded digits stand in for it.";
    return from_embedded(std::move(info), {}, options.size, options.data_seed, options.padding);
  }
  Mnist mnist = read_mnist(folder, options.emnist);
  info.checksums = std::move(mnist.checksums);
  info.classes = std::move(mnist.classes);
  info.note = std::move(mnist.note);
  const int64_t half = mnist.training.count() / 2;
  const int64_t half_test = mnist.test.count() / 2;
  const DigitCounts counts{half, 2 * (mnist.training.count() - half), half_test, mnist.test.count() - half_test};
  return digit_style(std::move(info), std::move(mnist.training), std::move(mnist.test), counts, options.size,
                     static_cast<uint64_t>(options.data_seed), padding_of(options.padding));
}

std::unique_ptr<DataSource> make_embedded_digits(const EmbeddedDigitsOptions& options) {
  DataInfo info;
  info.name = "embedded-digits";
  return from_embedded(std::move(info), options.counts, options.size, options.data_seed, options.padding);
}

}  // namespace refract
