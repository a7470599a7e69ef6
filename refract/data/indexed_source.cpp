#include "refract/data/indexed_source.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/image_file.h"

namespace refract {
namespace {

class IndexedSource final : public DataSource {
 public:
  explicit IndexedSource(IndexedExamples examples) : all_(std::move(examples)) {}

  [[nodiscard]] const DataInfo& info() const override { return all_.info; }
  [[nodiscard]] int64_t count(Split split) const override { return static_cast<int64_t>(numbers(split).size()); }

  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor all = at::empty(all_.info.space.batch(std::ssize(indices)));
    auto* out = all.data_ptr<float>();
    for (const int64_t index : indices) {
      all_.copy(number(split, index), out);
      out += all_.info.space.numel();
    }
    return all;
  }

  [[nodiscard]] Tensor factors(Split split, const Indices& indices) const override {
    if (!all_.factors.defined()) return DataSource::factors(split, indices);
    Tensor found = rows(all_.factors, split, indices);
    if (found.isnan().any().item<bool>())
      throw BadInput(
          fmt::format("Reading factors of {} ({}): its examples have no ground truth. Ask for another split.",
                      all_.info.name, name_of(split)));
    return found;
  }
  [[nodiscard]] Tensor read_factors(const Tensor& given, const Tensor& classes) const override {
    return all_.read_factors ? all_.read_factors(given, classes) : Tensor();
  }
  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    if (!all_.labels.defined()) return DataSource::labels(split, indices);
    Tensor found = rows(all_.labels, split, indices);
    if (found.lt(0).any().item<bool>())
      throw BadInput(fmt::format("Reading labels of {} ({}): its examples are of no class. Ask for another split.",
                                 all_.info.name, name_of(split)));
    return found;
  }
  [[nodiscard]] Tensor attributes(Split split, const Indices& indices) const override {
    return all_.attributes.defined() ? rows(all_.attributes, split, indices) : DataSource::attributes(split, indices);
  }
  [[nodiscard]] Tensor colours(Split split, const Indices& indices) const override {
    return all_.colours.defined() ? rows(all_.colours, split, indices) : DataSource::colours(split, indices);
  }

 private:
  [[nodiscard]] const Indices& numbers(Split split) const { return all_.splits[split]; }

  [[nodiscard]] int64_t number(Split split, int64_t index) const {
    if (index >= 0 && index < count(split)) return numbers(split)[static_cast<size_t>(index)];
    throw BadInput(fmt::format("Reading example {} of {} ({}): there are {}, counted from 0.", index, all_.info.name,
                               name_of(split), count(split)));
  }

  [[nodiscard]] Tensor rows(const Tensor& table, Split split, const Indices& indices) const {
    std::vector<int64_t> places;
    places.reserve(indices.size());
    for (const int64_t index : indices) places.push_back(number(split, index));
    return table.index_select(0, at::tensor(places, at::kLong));
  }

  IndexedExamples all_;
};

}  // namespace

std::unique_ptr<DataSource> indexed_source(IndexedExamples examples) {
  return std::make_unique<IndexedSource>(std::move(examples));
}

std::function<void(int64_t, float*)> from_bytes(const Tensor& images) {
  const int64_t values = images.numel() / std::max<int64_t>(images.size(0), 1);
  return [images, values](int64_t image, float* out) {
    to_floats(images.data_ptr<uint8_t>() + image * values, values, out);
  };
}

}  // namespace refract
