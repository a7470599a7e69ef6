// Tables as data sets: what trains, what is held out, and the units.
#include "refract/data/sets/table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::message_of;
using testing_support::TempFolder;

class TableSet : public testing::Test {
 protected:
  // 200 rows, every fourth a control; `value` gives the cell of a row and one of three columns.
  template <class Value>
  TableOptions written(Value value) {
    std::string text = "id,condition,batch,age,a,b,c\n";
    for (int i = 0; i < 200; ++i) {
      text += fmt::format("r{},{},{},{}", i, i % 4 == 0 ? "control" : "treated", i % 3 == 0 ? "left" : "right", i);
      for (int d = 0; d < 3; ++d) text += fmt::format(",{}", value(i, d));
      text += '\n';
    }
    write_file(folder_ / "rows.csv", text);
    TableOptions options;
    options.table = (folder_ / "rows.csv").string();
    options.reference_where = "condition=control";
    options.name = "id";
    options.ignore = "batch,age";
    return options;
  }
  TableOptions numbers() {
    return written([](int i, int d) { return 3.0 * d + (d + 1) * ((i * 7) % 11); });
  }
  TempFolder folder_;
};

TEST_F(TableSet, TheConditionDividesItAndATenthEachIsHeldOut) {
  const auto data = make_table(numbers());
  EXPECT_EQ(data->info().space, Space::row(3));
  EXPECT_EQ(data->info().columns.names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(data->count(Split::unlabelled), 120);
  EXPECT_EQ(data->count(Split::fit), 15);
  EXPECT_EQ(data->count(Split::score), 15);
  EXPECT_EQ(data->count(Split::reference), 40);
  EXPECT_EQ(data->count(Split::reference_fit), 5);
  EXPECT_EQ(data->count(Split::reference_score), 5);
}

// All values of a column over the rows that train, of either set.
std::vector<double> training_values(const DataSource& data, int64_t column) {
  std::vector<double> all;
  for (const Split split : {Split::unlabelled, Split::reference}) {
    const Tensor rows = data.examples(split, all_indices(data.count(split)));
    for (int64_t n = 0; n < rows.size(0); ++n) all.push_back(rows[n][column].item<double>());
  }
  return all;
}

TEST_F(TableSet, ColumnsAreStandardisedByTheRowsThatTrain) {
  const auto data = make_table(numbers());
  for (int64_t d = 0; d < 3; ++d) {
    const std::vector<double> values = training_values(*data, d);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / std::ssize(values);
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    EXPECT_NEAR(mean, 0, 1e-5);
    EXPECT_NEAR(squares / std::ssize(values), 1, 1e-4);
  }
  // And back in the table's units they are the numbers of the file.
  Tensor rows = data->examples(Split::score, all_indices(15)).clone();
  to_table_units(rows.data_ptr<float>(), 15, data->info().columns);
  for (int64_t n = 0; n < 15; ++n)
    for (int64_t d = 0; d < 3; ++d) {
      const double steps = (rows[n][d].item<double>() - 3.0 * static_cast<double>(d)) / static_cast<double>(d + 1);
      EXPECT_NEAR(steps, std::round(steps), 1e-3);
      EXPECT_GE(std::lround(steps), 0);
      EXPECT_LE(std::lround(steps), 10);
    }
}

TEST_F(TableSet, CountsStayAndTheTypicalRowIsTheMedian) {
  TableOptions options = written([](int i, int d) { return d == 0 ? i % 2 : d == 1 ? 5 : 10 + i % 3; });
  options.counts = true;
  const auto data = make_table(options);
  EXPECT_EQ(data->info().space.values, Values::counts);
  EXPECT_EQ(data->info().columns.names, (std::vector<std::string>{"a", "c"}));  // b is constant
  EXPECT_NEAR(data->info().space.library, 11.5, 1);
  const Tensor rows = data->examples(Split::unlabelled, all_indices(20));
  EXPECT_TRUE(rows.equal(rows.round()));
  options = written([](int i, int d) { return 0.5 * i + d; });
  options.counts = true;
  EXPECT_THROW(make_table(options), BadInput);
}

TEST_F(TableSet, LabelsAreClassesHeldOutInTheirShares) {
  TableOptions options = numbers();
  options.label = "batch";
  options.ignore = "age";
  const auto data = make_table(options);
  EXPECT_EQ(data->info().classes, (std::vector<std::string>{"left", "right"}));
  const Tensor held_out = data->labels(Split::score, all_indices(data->count(Split::score)));
  EXPECT_EQ(held_out.eq(0).sum().item<int64_t>(), 5);
  EXPECT_EQ(held_out.eq(1).sum().item<int64_t>(), 10);
}

TEST_F(TableSet, FactorsComeFromNumbersAndText) {
  TableOptions options = numbers();
  options.factor = "age, batch";
  options.ignore = "";
  const auto data = make_table(options);
  EXPECT_EQ(data->info().factors, (std::vector<std::string>{"age", "batch"}));
  EXPECT_EQ(data->info().factor_sizes, (std::vector<int64_t>{0, 2}));
  const Tensor factors = data->factors(Split::unlabelled, all_indices(120));
  EXPECT_GE(factors.min().item<double>(), 0);
  EXPECT_LE(factors.max().item<double>(), 1);
  EXPECT_TRUE(factors.select(1, 1).eq(0).logical_or(factors.select(1, 1).eq(1)).all().item<bool>());
}

TEST_F(TableSet, ColumnsThatColourAreInTheTablesUnits) {
  TableOptions options = numbers();
  options.colour = "age,condition,b";
  const auto data = make_table(options);
  EXPECT_EQ(data->info().space, Space::row(3)) << "b stays a feature";
  ASSERT_EQ(data->info().colours.size(), 3U);
  EXPECT_EQ(data->info().colours[0].name, "age");
  EXPECT_EQ(data->info().colours[1].values, (std::vector<std::string>{"control", "treated"}));
  for (const Split split : {Split::unlabelled, Split::reference, Split::reference_score}) {
    const Tensor colours = data->colours(split, all_indices(5));
    EXPECT_EQ(colours.sizes().vec(), (std::vector<int64_t>{5, 3}));
    Tensor rows = data->examples(split, all_indices(5)).clone();
    to_table_units(rows.data_ptr<float>(), 5, data->info().columns);
    for (int64_t n = 0; n < 5; ++n) {
      const auto age = std::lround(colours[n][0].item<double>());
      EXPECT_EQ(age % 4 == 0, split.set == Set::reference);
      EXPECT_EQ(colours[n][1].item<double>(), split.set == Set::reference ? 0 : 1);
      EXPECT_NEAR(colours[n][2].item<double>(), rows[n][1].item<double>(), 1e-3);
    }
  }
  options.colour = "age,age,age,age,age,age,age,age,age,age,age,age,age";
  EXPECT_NE(message_of<BadInput>([&] { make_table(options); }).find("at most 12 columns"), std::string::npos);
  EXPECT_THROW(static_cast<void>(make_table(numbers())->colours(Split::score, {0})), BadInput);
}

// Classes of fewer than ten rows are drawn from together.
TEST_F(TableSet, SmallClassesAreHeldOutToo) {
  TableOptions options = numbers();
  options.label = "age";  // every row another
  options.ignore = "batch";
  const auto data = make_table(options);
  EXPECT_EQ(data->info().classes.size(), 150U);
  EXPECT_EQ(data->count(Split::score), 15);
}

// The same seed holds out the same rows, another seed others.
TEST_F(TableSet, TheSeedDecidesWhatIsHeldOut) {
  TableOptions options = numbers();
  const auto held_out = [&] {
    const auto data = make_table(options);
    return data->examples(Split::score, all_indices(15));
  };
  const Tensor one = held_out(), same = held_out();
  options.data_seed = 2;
  EXPECT_TRUE(one.equal(same));
  EXPECT_FALSE(one.equal(held_out()));
}

TEST_F(TableSet, SaysWhatIsMissing) {
  EXPECT_NE(message_of<BadInput>([] { make_table({}); }).find("--table"), std::string::npos);
  TableOptions options = numbers();
  options.label = "batsh";
  options.ignore = "age";
  EXPECT_NE(message_of<BadInput>([&] { make_table(options); }).find("'batch'"), std::string::npos);
}

}  // namespace
}  // namespace refract
