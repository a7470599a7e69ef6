#include "refract/data/unnamed_classes.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/data/labelled.h"

namespace refract {
namespace {

class PartlyNamedSource final : public DataSource {
 public:
  // `numbers` [values] int64: the number of each value from now on, -1 for those without a name.
  PartlyNamedSource(std::unique_ptr<DataSource> source, DataInfo info, int64_t column, Tensor numbers)
      : source_(std::move(source)), info_(std::move(info)), column_(column), numbers_(std::move(numbers)) {}

  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return source_->count(split); }
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    return source_->examples(split, indices);
  }
  [[nodiscard]] Tensor factors(Split split, const Indices& indices) const override {
    return source_->factors(split, indices);
  }
  [[nodiscard]] Tensor read_factors(const Tensor& examples, const Tensor& labels) const override {
    return source_->read_factors(examples, labels);
  }
  [[nodiscard]] Tensor labels(Split split, const Indices& indices) const override {
    return source_->labels(split, indices);
  }
  [[nodiscard]] Tensor attributes(Split split, const Indices& indices) const override {
    Tensor all = source_->attributes(split, indices).clone();
    Tensor its = all.select(1, column_);
    its.copy_(at::where(its >= 0, numbers_.index_select(0, its.clamp_min(0)), its));
    return all;
  }
  [[nodiscard]] Tensor colours(Split split, const Indices& indices) const override {
    return source_->colours(split, indices);
  }

 private:
  std::unique_ptr<DataSource> source_;
  DataInfo info_;
  int64_t column_;
  Tensor numbers_;
};

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_unnamed(const std::vector<std::string>& unnamed, const Attribute& attribute) {
  for (const std::string& name : unnamed)
    if (!is_among(attribute.values, name))
      refuse_name(fmt::format("value of {}", attribute.name), name, attribute.values);
  const auto keeps = [&](const std::string& value) { return !is_among(unnamed, value); };
  if (std::any_of(attribute.values.begin(), attribute.values.end(), keeps)) return;
  throw BadInput(
      fmt::format("Option unnamed_classes: it names all {} values of {}, and a method learns from the labels of the "
                  "others. Leave some out.",
                  attribute.values.size(), attribute.name));
}

}  // namespace

void UnnamedClasses::describe_into(Options& options) {
  options
      .add("unnamed_classes", unnamed_classes,
           "classes, by name and separated by commas, whose examples train without their label")
      .of_names();
}

std::unique_ptr<DataSource> UnnamedClasses::applied(std::unique_ptr<DataSource> source) const {
  const std::vector<std::string> unnamed = comma_separated(unnamed_classes);
  if (unnamed.empty()) return source;
  DataInfo info = source->info();
  info.attributes = attributes_of(info);
  if (info.attributes.empty())
    throw BadInput(fmt::format(
        "Option unnamed_classes: {} has no labels, which some classes could go without. Leave it out.", info.name));
  const int64_t column = descriptive_columns(info).front();
  Attribute& attribute = info.attributes.at(static_cast<size_t>(column));
  check_unnamed(unnamed, attribute);
  std::vector<std::string> kept;
  std::vector<int64_t> numbers;
  for (const std::string& value : attribute.values) {
    const bool named_still = !is_among(unnamed, value);
    numbers.push_back(named_still ? std::ssize(kept) : -1);
    if (named_still) kept.push_back(value);
  }
  add_note(info, fmt::format("Without a label in training: {} {}.", attribute.name, fmt::join(unnamed, ", ")));
  attribute.values = std::move(kept);
  return std::make_unique<PartlyNamedSource>(std::move(source), std::move(info), column,
                                             at::tensor(numbers, at::kLong));
}

}  // namespace refract
