// Small models and data sets whose scores are known.
#pragma once

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "refract/core/random.h"
#include "refract/model/model.h"

namespace refract::fakes {

// Factors and label of an image stand in its first pixels, so that a model can read them exactly; the rest is noise.
// Pixel k of the first row holds 2 * factor_k - 1, in every channel. Factors are uniform on [0, 1]; the label is i
// modulo the number of classes, and stands in the first pixel of the second row as 2 * label / classes - 1.
class Source : public DataSource {
 public:
  Source(int64_t factors, int64_t classes, std::map<Split, int64_t> counts, Space space = Space::square(3, 8))
      : counts_(std::move(counts)) {
    info_.name = "fake";
    info_.space = space;
    for (int64_t k = 0; k < factors; ++k) info_.factors.push_back("factor " + std::to_string(k));
    for (int64_t c = 0; c < classes; ++c) info_.classes.push_back("class " + std::to_string(c));
  }

  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override {
    const auto found = counts_.find(split);
    return found == counts_.end() ? 0 : found->second;
  }

  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    const int64_t height = info_.space.height(), width = info_.space.width();
    Tensor images = at::empty(info_.space.batch(std::ssize(indices)));
    for (size_t n = 0; n < indices.size(); ++n)
      images[static_cast<int64_t>(n)].copy_(noise(split, indices[n], height * width, 7).view({1, height, width}) * 2 -
                                            1);
    if (!info_.factors.empty())
      images.select(2, 0).slice(2, 0, known()).copy_(factors(split, indices).unsqueeze(1) * 2 - 1);
    if (!info_.classes.empty())
      images.select(2, 1).select(2, 0).copy_(
          (labels(split, indices).to(at::kFloat) * (2.0 / static_cast<double>(info_.classes.size())) - 1).unsqueeze(1));
    return images;
  }

  [[nodiscard]] Tensor factors(Split split, const Indices& indices) const override {
    if (info_.factors.empty()) return DataSource::factors(split, indices);
    std::vector<Tensor> rows;
    for (const int64_t i : indices) rows.push_back(noise(split, i, known(), 3));
    return at::stack(rows);
  }

  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    if (info_.classes.empty()) return DataSource::labels(split, indices);
    return at::tensor(indices, at::kLong).remainder(static_cast<int64_t>(info_.classes.size()));
  }

 private:
  [[nodiscard]] int64_t known() const { return static_cast<int64_t>(info_.factors.size()); }

  [[nodiscard]] static Tensor noise(Split split, int64_t index, int64_t count, uint64_t stream) {
    Tensor values = at::empty({count});
    const uint64_t seed = mix(stream, place_of(split), static_cast<uint64_t>(index));
    for (int64_t k = 0; k < count; ++k)
      values.data_ptr<float>()[k] = static_cast<float>(uniform(mix(seed, 0, static_cast<uint64_t>(k))));
    return values;
  }

  DataInfo info_;
  std::map<Split, int64_t> counts_;
};

// Rows of a table: numbers in [-2, 2], or counts below 20. The first half of the columns is constant in references. The
// label is i modulo the number of classes.
class Rows : public DataSource {
 public:
  Rows(std::map<Split, int64_t> counts, Space space, int64_t classes = 0) : counts_(std::move(counts)) {
    info_.name = "rows";
    info_.space = std::move(space);
    for (int64_t c = 0; c < classes; ++c) info_.classes.push_back(fmt::format("class {}", c));
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override {
    const auto found = counts_.find(split);
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    const int64_t columns = info_.space.numel();
    Tensor all = at::empty(info_.space.batch(std::ssize(indices)));
    for (int64_t n = 0; n < std::ssize(indices); ++n)
      for (int64_t d = 0; d < columns; ++d) {
        const bool constant = split.set == Set::reference && d < columns / 2;
        const uint64_t key = mix(place_of(split), static_cast<uint64_t>(indices[n]), static_cast<uint64_t>(d));
        const double u = constant ? 0.5 : uniform(key);
        all.data_ptr<float>()[n * columns + d] =
            static_cast<float>(info_.space.values == Values::counts ? std::floor(20 * u) : 4 * u - 2);
      }
    return all;
  }
  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    if (info_.classes.empty()) return DataSource::labels(split, indices);
    return at::tensor(indices, at::kLong).remainder(std::ssize(info_.classes));
  }

 private:
  DataInfo info_;
  std::map<Split, int64_t> counts_;
};

// A model made of two functions, or of one: without the other it has no encoder, or no generator.
class FakeModel : public Model {
 public:
  using Encode = std::function<Codes(const Tensor&)>;
  using Decode = std::function<Tensor(const Codes&)>;

  FakeModel(Space space, std::vector<Block> blocks, Encode encode, Decode decode = {}, Tensor reference_code = {})
      : space_(std::move(space)),
        blocks_(std::move(blocks)),
        encode_(std::move(encode)),
        decode_(std::move(decode)),
        reference_code_(std::move(reference_code)) {}

  [[nodiscard]] const Space& space() const override { return space_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] bool encodes() const override { return encode_ != nullptr; }
  [[nodiscard]] bool generates() const override { return decode_ != nullptr; }
  [[nodiscard]] Codes encode(const Examples& images) const override { return encode_(images.x); }
  [[nodiscard]] Codes kl(const Examples& images) const override {  // half the square of each code
    Codes all = encode(images);
    for (Tensor& code : all) code = 0.5 * code.square();
    return all;
  }
  [[nodiscard]] Tensor decode(const Codes& codes) const override { return decode_(codes); }
  [[nodiscard]] Tensor reference_code() const override { return reference_code_; }

 private:
  Space space_;
  std::vector<Block> blocks_;
  Encode encode_;
  Decode decode_;
  Tensor reference_code_;
};

// Every image is one flat colour on its left half and another on its right half: "e" [C] is the left one, "z" [C] the
// right one. Encoding is the mean of each half, so decode(encode(x)) == x for such images.
inline FakeModel halves(const Space& space = Space::square(3, 8)) {
  const int64_t half = space.width() / 2;
  const auto encode = [half](const Tensor& x) {
    return Codes{x.slice(3, 0, half).mean({2, 3}), x.slice(3, half).mean({2, 3})};
  };
  const auto decode = [space, half](const Codes& codes) {
    const auto fill = [&](const Tensor& colour, int64_t width) {
      return colour.unsqueeze(2).unsqueeze(3).expand({colour.size(0), space.channels(), space.height(), width});
    };
    return at::cat({fill(codes.at(0), half), fill(codes.at(1), space.width() - half)}, 3).clamp(-1, 1);
  };
  return {space,
          {{"e", space.channels(), Role::target}, {"z", space.channels(), Role::common}},
          encode,
          decode,
          at::full({space.channels()}, 0.25)};
}

// One block that is the image itself.
inline FakeModel whole(const Space& space = Space::square(3, 8)) {
  const int64_t pixels = space.numel();
  return {space,
          {{"code", pixels, Role::whole}},
          [](const Tensor& x) { return Codes{x.flatten(1)}; },
          [space](const Codes& codes) { return codes.at(0).reshape(space.batch(-1)).clamp(-1, 1); }};
}

// Flat colours without an encoder, as of a GAN: "z" [C] is the colour.
inline FakeModel blind(const Space& space) {
  return {space, {{"z", space.channels(), Role::whole}}, {}, [space](const Codes& codes) {
            const Tensor colour = codes.at(0).unsqueeze(2).unsqueeze(3);
            return colour.expand({colour.size(0), space.channels(), space.height(), space.width()}).clamp(-1, 1);
          }};
}

// Gray images [1, 8, 8]: "u" is the brightness of the upper half, "z" that of the lower one, and "c" says whether the
// upper half is bright, as the first attribute of its data does. p(u | c) is N(-0.5, 0.1^2) or N(0.5, 0.2^2).
class OfClasses : public FakeModel {
 public:
  OfClasses()
      : FakeModel(
            Space::square(1, 8),
            {{"c", 2, Role::category, true, true, {}, 0},
             {"u", 1, Role::class_related, false, true, 0},
             {"z", 1, Role::class_independent}},
            [](const Tensor& x) {
              const Tensor u = x.slice(2, 0, 4).mean({2, 3});
              return Codes{at::cat({u.le(0), u.gt(0)}, 1).to(at::kFloat), u, x.slice(2, 4).mean({2, 3})};
            },
            [](const Codes& codes) {
              const auto fill = [](const Tensor& gray) { return gray.view({-1, 1, 1, 1}).expand({-1, 1, 4, 8}); };
              return at::cat({fill(codes.at(1)), fill(codes.at(2))}, 2).clamp(-1, 1);
            }) {}

  [[nodiscard]] Gaussian prior(size_t block) const override {
    if (block != 1) return Model::prior(block);
    return {at::tensor(std::vector<float>{-0.5F, 0.5F}).view({2, 1}),
            at::tensor(std::vector<float>{0.01F, 0.04F}).log().view({2, 1})};
  }
};

}  // namespace refract::fakes
