// What holds for every row of the data registry.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/found.h"
#include "refract/data/labelled.h"
#include "refract/data/loader.h"
#include "tests/contracts/data_files.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::small_recipe;
using testing_support::TempFolder;
using testing_support::write_data_files;

class DataContract : public testing::TestWithParam<std::string> {
 protected:
  DataContract() { write_data_files(GetParam(), folder_); }
  [[nodiscard]] DataRecipe recipe() const { return small_recipe(GetParam(), folder_); }
  [[nodiscard]] std::unique_ptr<DataSource> make() const { return recipe().make(); }

  TempFolder folder_;
};

const std::vector<Split>& splits() {
  static const std::vector<Split> all = {Split::unlabelled, Split::reference, Split::fit, Split::score};
  return all;
}

Indices some(int64_t count) {
  Indices indices;
  for (int64_t i = 0; i < std::min<int64_t>(count, 10); ++i) indices.push_back(count - 1 - i);
  return indices;
}

TEST(DataRegistry, NamesAreUniqueAndDescribed) {
  std::set<std::string> names;
  for (const DataEntry& entry : data_sets()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty() || entry.source.empty()) << entry.name;
    EXPECT_EQ(&data_set(entry.name), &entry);
    EXPECT_TRUE(contains(message_of<BadInput>([&] { data_set(entry.name + "x"); }), "'" + entry.name + "'"));
  }
}

TEST_P(DataContract, DescribesItself) {
  const auto data = make();
  EXPECT_EQ(data->info().name, GetParam());
  const Space& space = data->info().space;
  EXPECT_TRUE(space == Space::square(1, 16) || space == Space::square(3, 16) || space == Space::row(5) ||
              space == Space::row(2))
      << text_of(space);
  EXPECT_EQ(space.is_picture(), data->info().columns.names.empty());
  EXPECT_GT(data->count(Split::unlabelled), 0);
  for (const auto& [file, sum] : data->info().checksums) EXPECT_EQ(sum.size(), 64U) << file;
}

TEST_P(DataContract, SaysWhatWasFound) {
  const auto data = make();
  const std::string text = found_text(*data);
  EXPECT_TRUE(text.starts_with(fmt::format("Data: {} unlabelled", data->count(Split::unlabelled)))) << text;
  const std::string reference = fmt::format("{} reference", data->count(Split::reference));
  EXPECT_EQ(contains(text, reference), data->count(Split::reference) > 0) << text;
  EXPECT_TRUE(contains(text, fmt::format("{} that fit and {} that score the probes", data->count(Split::fit),
                                         data->count(Split::score))))
      << text;
}

TEST_P(DataContract, ImagesHaveTheirShapeAndRange) {
  const auto data = make();
  const Space& space = data->info().space;
  for (const Split split : splits()) {
    const Indices indices = some(data->count(split));
    const Tensor images = data->examples(split, indices);
    EXPECT_EQ(images.sizes().vec(), space.batch(std::ssize(indices)));
    EXPECT_EQ(images.scalar_type(), at::kFloat);
    EXPECT_TRUE(images.is_contiguous());
    if (indices.empty()) continue;
    EXPECT_TRUE(at::isfinite(images).all().item<bool>()) << name_of(split);
    if (space.is_picture()) {
      EXPECT_LE(images.abs().max().item<double>(), 1) << name_of(split);
    }
    EXPECT_GT(images.flatten(1).std(0).max().item<double>(), 0.01) << name_of(split) << ": all images alike";
  }
}

TEST_P(DataContract, ImagesAreFunctionsOfTheirNumber) {
  const auto data = make(), again = make();
  for (const Split split : splits()) {
    if (data->count(split) == 0) continue;
    const Indices indices = some(data->count(split));
    const Tensor images = data->examples(split, indices);
    EXPECT_TRUE(at::equal(again->examples(split, indices), images)) << name_of(split);
    EXPECT_TRUE(at::equal(data->examples(split, {indices.back()})[0], images[-1])) << name_of(split);
    auto elsewhere = std::async(std::launch::async, [&] { return data->examples(split, indices); });
    EXPECT_TRUE(at::equal(data->examples(split, indices), images)) << name_of(split);
    EXPECT_TRUE(at::equal(elsewhere.get(), images)) << name_of(split);
  }
}

TEST_P(DataContract, GroundTruthIsThereOrRefused) {
  const auto data = make();
  const auto factors = static_cast<int64_t>(data->info().factors.size());
  const auto classes = static_cast<int64_t>(data->info().classes.size());
  for (const Split split : {Split::fit, Split::score}) {
    const Indices indices = some(data->count(split));
    if (indices.empty()) continue;
    const auto n = static_cast<int64_t>(indices.size());
    if (factors > 0) {
      const Tensor truth = data->factors(split, indices);
      EXPECT_EQ(truth.sizes().vec(), (std::vector<int64_t>{n, factors}));
      EXPECT_TRUE((truth >= 0).logical_and(truth <= 1).all().item<bool>());
    } else {
      EXPECT_THROW(static_cast<void>(data->factors(split, indices)), BadInput);
    }
    if (classes > 0) {
      const Tensor truth = data->labels(split, indices);
      EXPECT_EQ(truth.sizes().vec(), std::vector<int64_t>{n});
      EXPECT_EQ(truth.scalar_type(), at::kLong);
      EXPECT_TRUE((truth >= 0).logical_and(truth < classes).all().item<bool>());
    } else {
      EXPECT_THROW(static_cast<void>(data->labels(split, indices)), BadInput);
    }
  }
}

TEST_P(DataContract, FactorsThatAreReadAreThoseThatAreKnown) {
  const auto data = make();
  const Indices indices = some(data->count(Split::score));
  if (indices.empty() || data->info().classes.empty()) GTEST_SKIP() << "holds out nothing of a class";
  const Tensor read = data->read_factors(data->examples(Split::score, indices), data->labels(Split::score, indices));
  if (!read.defined()) GTEST_SKIP() << "reads no factors from examples";
  EXPECT_TRUE(at::allclose(read, data->factors(Split::score, indices), 1e-4, 1e-4)) << read;
}

TEST_P(DataContract, NumbersBeyondTheEndAreRefused) {
  const auto data = make();
  for (const Split split : splits()) {
    EXPECT_THROW(static_cast<void>(data->examples(split, {data->count(split)})), BadInput) << name_of(split);
    EXPECT_THROW(static_cast<void>(data->examples(split, {-1})), BadInput) << name_of(split);
  }
}

TEST_P(DataContract, FillsBatches) {
  const auto data = make();
  EXPECT_EQ(Loader(*data, {}, 4, 1).at(3).main.x.size(0), 4);
  if (data->count(Split::reference) == 0) {
    const std::string message = message_of<BadInput>([&] { Loader(*data, {.reference = {true}}, 4, 1); });
    EXPECT_TRUE(contains(message, "needs reference examples")) << message;
    return;
  }
  const Batch batch = Loader(*data, {.reference = {true}}, 4, 1).at(3);
  EXPECT_EQ(batch.reference.x.sizes().vec(), batch.main.x.sizes().vec());
}

TEST_P(DataContract, LabelsOfUnlabelledImagesAreThereOrRefused) {
  const auto data = make();
  const std::vector<Attribute> attributes = attributes_of(data->info());
  if (attributes.empty()) {
    const std::string message = message_of<BadInput>([&] { Loader(*data, {.labelled = 2}, 4, 1); });
    EXPECT_TRUE(contains(message, "learns from labels")) << message;
    return;
  }
  const Batch batch = Loader(*data, {.labelled = 3, .balanced = false}, 4, 1).at(2);
  EXPECT_EQ(batch.labelled.x.size(0), 3);
  ASSERT_EQ(batch.labelled.labels.sizes().vec(), (std::vector<int64_t>{3, static_cast<int64_t>(attributes.size())}));
  EXPECT_EQ(batch.labelled.labels.scalar_type(), at::kLong);
  for (size_t k = 0; k < attributes.size(); ++k) {
    const Tensor column = batch.labelled.labels.select(1, static_cast<int64_t>(k));
    EXPECT_GE(column.min().item<int64_t>(), -1) << attributes[k].name;
    EXPECT_LT(column.max().item<int64_t>(), static_cast<int64_t>(attributes[k].values.size())) << attributes[k].name;
  }
}

// The first label that describes an example has one value less, and the examples of it stay.
TEST_P(DataContract, AClassCanGoWithoutItsLabel) {
  const auto data = make();
  const std::vector<Attribute> attributes = attributes_of(data->info());
  const auto without = [&](const std::string& value) {
    DataRecipe changed = recipe();
    changed.options.set("unnamed_classes", fmt::format("\"{}\"", value));
    return changed.make();
  };
  if (attributes.empty()) {
    EXPECT_TRUE(contains(message_of<BadInput>([&] { without("any"); }), "has no labels"));
    return;
  }
  const auto k = static_cast<size_t>(descriptive_columns(data->info()).front());
  const std::vector<std::string>& values = attributes[k].values;
  if (values.size() == 1) {
    EXPECT_TRUE(contains(message_of<BadInput>([&] { without(values.front()); }), "all 1 values"));
    return;
  }
  const auto changed = without(values.front());
  const std::vector<Attribute> left = attributes_of(changed->info());
  ASSERT_EQ(left.size(), attributes.size());
  EXPECT_EQ(left[k].values, std::vector<std::string>(values.begin() + 1, values.end()));
  const Indices all = all_indices(data->count(Split::unlabelled));
  const auto column = [&](const DataSource& source) {
    return source.attributes(Split::unlabelled, all).select(1, static_cast<int64_t>(k));
  };
  EXPECT_TRUE(at::equal(column(*changed), (column(*data) - 1).clamp_min(-1)));
  EXPECT_TRUE(at::equal(changed->examples(Split::unlabelled, {0, 1}), data->examples(Split::unlabelled, {0, 1})));
}

TEST_P(DataContract, OptionsAreDescribedAndRoundTrip) {
  const DataRecipe written = recipe();
  for (const Option& option : written.options.all()) EXPECT_FALSE(option.meaning.empty()) << option.name;
  write_file(folder_ / "options.toml", to_toml(written.options));
  DataRecipe read = data_set(GetParam()).recipe();
  for (const auto& [key, value] : read_toml(folder_ / "options.toml")) read.options.set(key, value);
  EXPECT_EQ(to_toml(read.options), to_toml(written.options));
  EXPECT_TRUE(at::equal(read.make()->examples(Split::unlabelled, {0, 1}), make()->examples(Split::unlabelled, {0, 1})));
}

TEST_P(DataContract, RecipesDoNotShareTheirOptions) {
  DataRecipe one = recipe(), other = data_set(GetParam()).recipe();
  for (const auto& [option, value] : KeyValues{{"size", "32"}, {"ignore", "a,b"}, {"noise", "0.5"}}) {
    if (!one.options.has(option)) continue;
    one.options.set(option, value);
    EXPECT_EQ(other.options.at(option).text(), other.options.at(option).default_text);
    EXPECT_FALSE(at::equal(one.make()->examples(Split::unlabelled, {0}), make()->examples(Split::unlabelled, {0})));
    return;
  }
  FAIL() << "an option that changes examples is missing here";
}

std::vector<std::string> data_names() {
  std::vector<std::string> all;
  for (const DataEntry& entry : data_sets()) all.push_back(entry.name);
  return all;
}

std::string contract_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EverySet, DataContract, testing::ValuesIn(data_names()), contract_name);

}  // namespace
}  // namespace refract
