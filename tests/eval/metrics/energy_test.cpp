// The metric `energy` on models whose samples are known.
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/data/sets/arcs.h"
#include "refract/eval/metric.h"
#include "tests/support/arc_model.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

std::unique_ptr<DataSource> held_out_arcs() {
  ArcsOptions options;
  options.points = 30;
  options.fit_points = options.score_points = 2400;
  return make_arcs(options);
}

MetricTable generated_table(const Model& model, const DataSource& data) {
  return metric("energy").measure(model, data, nullptr, {});
}

const std::vector<double>& generated_row(const MetricTable& table, const std::string& name) {
  for (const MetricTable::Row& one : table.rows)
    if (one.name == name) return one.values;
  throw std::runtime_error("no row " + name);
}

TEST(Energy, ThicknessIsReadBesideThatOfRealPoints) {
  const auto data = held_out_arcs();
  for (const double thickness : {2.0, 1.0, 0.4}) {
    const MetricTable table = generated_table(fakes::of_arcs(thickness), *data);
    EXPECT_EQ(table.columns, (std::vector<std::string>{"along", "across", "energy distance"}));
    ASSERT_EQ(table.rows.size(), 5U);
    double sum = 0;
    for (const char* name : {"generated inner", "generated middle", "generated outer"}) {
      EXPECT_NEAR(generated_row(table, name).at(0), 1, 0.1) << name;
      EXPECT_NEAR(generated_row(table, name).at(1), thickness, 0.15 * thickness) << name;
      sum += generated_row(table, name).at(1);
    }
    EXPECT_NEAR(generated_row(table, "generated").at(1), sum / 3, 1e-9);
    EXPECT_NEAR(generated_row(table, "other held-out examples").at(1), 1, 0.1);
  }
}

TEST(Energy, EqualDistributionsAreNoFartherThanOtherRealPoints) {
  const MetricTable table = generated_table(fakes::of_arcs(1), *held_out_arcs());
  EXPECT_LT(std::abs(generated_row(table, "generated").back()), 0.01);
  EXPECT_LT(std::abs(generated_row(table, "other held-out examples").back()), 0.01);
}

TEST(Energy, PointsOfAnotherClassAreFarFromTheirs) {
  const MetricTable table = generated_table(fakes::of_arcs(1, 1), *held_out_arcs());
  EXPECT_LT(std::abs(generated_row(table, "generated").back()), 0.01) << "all together are as they should be";
  for (const char* name : {"generated inner", "generated middle", "generated outer"})
    EXPECT_GT(generated_row(table, name).back(), 0.3) << name;
}

TEST(Energy, WithoutClassesOnlyTheEnergyDistanceIsMeasured) {
  const fakes::FakeModel model = fakes::FakeModel(
      Space::row(2), {{"z", 2, Role::whole}}, [](const Tensor& x) { return Codes{x}; },
      [](const Codes& codes) { return codes.at(0); });
  const MetricTable table = generated_table(model, *held_out_arcs());
  EXPECT_EQ(table.columns, std::vector<std::string>{"energy distance"});
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_GT(table.rows.at(0).values.at(0), 0.012) << "as a normal distribution is .022 away";
}

TEST(Energy, AModelWithoutAPriorIsRefused) {
  const fakes::FakeModel model = fakes::FakeModel(
      Space::row(2), {{"s", 2, Role::target, false, false}}, [](const Tensor& x) { return Codes{x}; },
      [](const Codes& codes) { return codes.at(0); });
  const std::string message = message_of<BadInput>([&] { generated_table(model, *held_out_arcs()); });
  EXPECT_TRUE(contains(message, "no prior for its block s")) << message;
}

}  // namespace
}  // namespace refract
