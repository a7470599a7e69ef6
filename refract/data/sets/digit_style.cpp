#include "refract/data/sets/digit_style.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/data/sets/digit_render.h"
#include "refract/data/sets/embedded_digits.h"
#include "refract/data/sets/mnist.h"

namespace refract {
namespace {

// A split: which digit each of its images shows.
struct SplitDigits {
  const Digits* digits = nullptr;
  Indices chosen;     // of *digits; image i shows digit chosen[i % chosen.size()]
  int64_t count = 0;  // images
};

SplitDigits part(const Digits& digits, const Indices& order, int64_t first, int64_t size, int64_t count) {
  return {&digits, Indices(order.begin() + first, order.begin() + first + size), count};
}

void check_counts(const std::string& name, const Digits& training, const Digits& test, const DigitCounts& counts) {
  const int64_t unlabelled = training.count() - counts.reference;
  if (unlabelled < 1 || test.count() < counts.fit + counts.score)
    throw BadInput(
        fmt::format("Splitting the digits of {}: {} reference digits and at least one other are taken from {} "
                    "training digits, and {} + {} from {} test digits. Lower the counts.",
                    name, counts.reference, training.count(), counts.fit, counts.score, test.count()));
}

class DigitStyleSource final : public DataSource {
 public:
  DigitStyleSource(DataInfo info, Digits training, Digits test, const DigitCounts& counts, uint64_t seed, float padding)
      : info_(std::move(info)),
        training_(std::move(training)),
        test_(std::move(test)),
        key_(mix(seed, Stream::render)),
        padding_(padding) {
    check_counts(info_.name, training_, test_, counts);
    const Indices order = permutation(training_.count(), mix(key_, 0, 0));
    const Indices test_order = permutation(test_.count(), mix(key_, 0, 1));
    at(Split::reference) = part(training_, order, 0, counts.reference, counts.reference);
    at(Split::unlabelled) =
        part(training_, order, counts.reference, training_.count() - counts.reference, counts.unlabelled);
    at(Split::fit) = part(test_, test_order, 0, counts.fit, counts.fit);
    at(Split::score) = part(test_, test_order, counts.fit, counts.score, counts.score);
  }

  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return at(split).count; }

  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor all = at::empty(info_.space.batch(std::ssize(indices)));
    auto* out = all.data_ptr<float>();
    for (const int64_t index : indices) {
      const SplitDigits& from = at(split);
      render_digit(from.digits->images[digit(split, index)], style(split, index), info_.space.width(), out, padding_);
      out += info_.space.numel();
    }
    return all;
  }

  [[nodiscard]] Tensor factors(Split split, const Indices& indices) const override {
    if (split == Split::reference)
      throw BadInput(
          fmt::format("Reading factors of {} (reference): reference digits are white outlines without a "
                      "style. Ask for another split.",
                      info_.name));
    std::vector<float> values;
    for (const int64_t index : indices) {
      const auto row = style(split, index).factors();
      values.insert(values.end(), row.begin(), row.end());
    }
    const auto columns = static_cast<int64_t>(info_.factors.size());
    return at::tensor(values).reshape({static_cast<int64_t>(indices.size()), columns});
  }

  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    std::vector<int64_t> digits;
    for (const int64_t index : indices) digits.push_back(digit(split, index));
    return at(split).digits->labels.index_select(0, at::tensor(digits, at::kLong));
  }

 private:
  [[nodiscard]] const SplitDigits& at(Split split) const { return parts_.at(place_of(split)); }
  SplitDigits& at(Split split) { return parts_.at(place_of(split)); }

  void check_index(Split split, int64_t index) const {
    if (index >= 0 && index < count(split)) return;
    throw BadInput(fmt::format("Reading image {} of {} ({}): there are {}, counted from 0.", index, info_.name,
                               name_of(split), count(split)));
  }

  [[nodiscard]] int64_t digit(Split split, int64_t index) const {
    check_index(split, index);
    const SplitDigits& from = at(split);
    return from.chosen[static_cast<size_t>(index) % from.chosen.size()];
  }

  [[nodiscard]] DigitStyle style(Split split, int64_t index) const {
    check_index(split, index);
    if (split == Split::reference) return {};
    return draw_style(mix(key_, 1 + place_of(split), static_cast<uint64_t>(index)));
  }

  DataInfo info_;
  Digits training_, test_;
  uint64_t key_;
  float padding_;
  std::array<SplitDigits, all_splits.size()> parts_;
};

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
  std::vector<std::filesystem::path> folders{std::filesystem::path("data") / "mnist"};
  if (const char* named = std::getenv("MNIST_DIR"); named != nullptr) folders.insert(folders.begin(), named);
  const auto found = std::find_if(folders.begin(), folders.end(), holds_mnist);
  return found == folders.end() ? std::filesystem::path() : *found;
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
  info.space = Space::square(3, size);
  info.factors = {"red", "green", "blue", "scale", "width"};
  int64_t classes = 0;
  for (const Digits* digits : {&training, &test})
    if (digits->count() > 0) classes = std::max(classes, digits->labels.max().item<int64_t>() + 1);
  for (auto c = std::ssize(info.classes); c < classes; ++c) info.classes.push_back(fmt::format("{}", c));
  return std::make_unique<DigitStyleSource>(std::move(info), std::move(training), std::move(test), counts, seed,
                                            padding);
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
