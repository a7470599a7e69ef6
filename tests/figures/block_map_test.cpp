// The figure `block-map`: what colours the points, and that names stay where they belong.
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <limits>

#include "refract/draw/plot.h"
#include "refract/figures/figure.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

constexpr int64_t kGap = 24, kStep = 330 + kGap;  // of the maps beside each other

// Rows of two classes with columns to colour by: the row's number, in every third row none, and a text.
class Coloured : public fakes::Rows {
 public:
  explicit Coloured(DataInfo changes)
      : Rows({{Split::unlabelled, 30}, {Split::reference, 20}}, Space::row(4)), info_(std::move(changes)) {
    info_.name = "coloured";
    info_.space = Space::row(4);
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] Tensor labels(Split /*split*/, const Indices& indices) const override {
    return at::tensor(indices, at::kLong).remainder(2);
  }
  [[nodiscard]] Tensor colours(Split /*split*/, const Indices& indices) const override {
    const Tensor number = at::tensor(indices, at::kLong).to(at::kDouble);
    const Tensor some = number.masked_fill(number.remainder(3).eq(0), std::numeric_limits<double>::quiet_NaN());
    return at::stack({some, number.remainder(2)}, 1);
  }

 private:
  DataInfo info_;
};

Tensor block_map_of(const DataSource& data) {
  const fakes::FakeModel model(Space::row(4), {{"e", 2, Role::target}, {"z", 2, Role::common}}, [](const Tensor& x) {
    return Codes{x.slice(1, 0, 2), x.slice(1, 2)};
  });
  return figure("block-map").draw(model, data, 1).frames.at(0);
}

int64_t maps_across(const Tensor& frame) {
  return (frame.size(2) - kGap) / kStep;
}

// The colour of an entry of a legend, whose longest has `entries`.
Rgb in_legend(const Tensor& frame, int64_t map, size_t entry, size_t entries) {
  const int64_t top = frame.size(1) - kGap - legend_height(entries) + legend_height(entry);
  const Tensor pixel = frame.select(1, top + kLabelHeight / 2).select(1, kGap + map * kStep + 6).contiguous();
  return {pixel.data_ptr<uint8_t>()[0], pixel.data_ptr<uint8_t>()[1], pixel.data_ptr<uint8_t>()[2]};
}

// Nothing is written between the maps, in these rows.
void expect_apart(const Tensor& frame, int64_t top, int64_t rows) {
  for (int64_t map = 1; map <= maps_across(frame); ++map)
    EXPECT_FALSE(frame.narrow(1, top, rows).narrow(2, map * kStep, kGap).ne(255).any().item<bool>()) << map;
}

TEST(BlockMap, LongNamesStayWithinTheirMap) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xc3\xa9";
  DataInfo info;
  info.classes = {"short", name};
  info.colours = {{name, {}}, {name, {name, "b"}}};
  const Tensor frame = block_map_of(Coloured(info));
  ASSERT_EQ(maps_across(frame), 4);  // by set, by class and by the columns
  expect_apart(frame, kGap, kHeadingHeight);
  const int64_t legend = legend_height(3);
  expect_apart(frame, frame.size(1) - kGap - legend, legend);
}

TEST(BlockMap, ColumnsThatAreNamedColourAllPoints) {
  DataInfo info;
  info.factors = {"left out"};
  info.colours = {{"number", {}}, {"kind", {"a", "b"}}};
  const Tensor frame = block_map_of(Coloured(info));
  ASSERT_EQ(maps_across(frame), 3);  // by set and by the columns, not by the factor
  const std::vector<Rgb> numbers = {{205, 205, 205}, ramp_colour(0), ramp_colour(1)};  // first, of no value
  for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(in_legend(frame, 1, i, 3), numbers[i]) << i;
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(in_legend(frame, 2, i, 3), class_colour(i)) << i;
  EXPECT_EQ(in_legend(frame, 2, 2, 3), (Rgb{255, 255, 255})) << "every row has a kind";
}

TEST(BlockMap, WithoutNamedColumnsTheFirstFactorsColourIt) {
  const fakes::Source data(5, 2, {{Split::unlabelled, 40}, {Split::reference, 10}});
  const Tensor frame = figure("block-map").draw(fakes::halves(), data, 1).frames.at(0);
  EXPECT_EQ(maps_across(frame), 3);  // by set, by class, by one factor
}

// Where references should lie is said only of blocks that learn from references.
TEST(BlockMap, ItsCaptionSpeaksOfTheBlocksAndSetsThatThereAre) {
  const fakes::Source with(5, 2, {{Split::unlabelled, 40}, {Split::reference, 10}});
  const fakes::Source without(5, 2, {{Split::unlabelled, 40}});
  const auto caption = [](const Model& model, const DataSource& data) {
    return figure("block-map").draw(model, data, 1).caption;
  };
  EXPECT_NE(caption(fakes::halves(), with).find("target factors, the reference examples"), std::string::npos);
  EXPECT_NE(caption(fakes::halves(), with).find("common factors, the reference examples"), std::string::npos);
  EXPECT_EQ(caption(fakes::halves(), without).find("reference"), std::string::npos);
  EXPECT_EQ(caption(fakes::whole(), with).find("reference"), std::string::npos);
}

}  // namespace
}  // namespace refract
