// What holds for every row of the metric registry.
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "refract/core/errors.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

const Space small = Space::square(1, 4);

// No pixel shows the label: a network that learns goes on for eight times as many rounds as one that gives up early.
class Unreadable : public fakes::Source {
 public:
  using Source::Source;
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor pictures = Source::examples(split, indices);
    pictures.select(2, 1).select(2, 0).zero_();
    return pictures;
  }
};

Unreadable complete() {
  return {4, 3, {{Split::unlabelled, 60}, {Split::fit, 120}, {Split::score, 90}}, small};
}

// Rows without a code, such as chance, have no value there.
bool of_codes_alone(const std::string& column) {
  return column == "KL (nats)";
}

TEST(MetricContract, NamesAreUniqueAndDescribed) {
  std::set<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.source.empty()) << entry.name;
    EXPECT_NE(entry.measure == nullptr, entry.score == nullptr) << entry.name;
    EXPECT_EQ(&metric(entry.name), &entry);
  }
}

TEST(MetricContract, UnknownNamesGetTheNearest) {
  for (const MetricEntry& entry : metrics()) {
    try {
      metric(entry.name + "x");
      FAIL() << entry.name;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("'" + entry.name + "'"), std::string::npos) << error.what();
    }
  }
}

TEST(MetricContract, TablesAreCompleteFiniteAndRepeatable) {
  const auto data = complete();
  const fakes::FakeModel two = fakes::halves(small);
  const fakes::FakeModel one = fakes::whole(small);
  for (const MetricEntry& entry : metrics()) {
    ASSERT_EQ(entry.lacks(data), "") << entry.name;
    for (const Model* model : {static_cast<const Model*>(&two), static_cast<const Model*>(&one)}) {
      const MetricTable table = Evaluator(*model, data).measure(entry);
      EXPECT_EQ(table.metric, entry.name);
      EXPECT_FALSE(table.title.empty() || table.unit.empty() || table.protocol.empty()) << entry.name;
      ASSERT_GE(table.rows.size(), model->blocks().size()) << entry.name;
      for (const MetricTable::Row& row : table.rows) {
        EXPECT_EQ(row.values.size(), table.columns.size()) << entry.name << " " << row.name;
        for (size_t c = 0; c < row.values.size(); ++c)
          EXPECT_TRUE(std::isfinite(row.values[c]) || of_codes_alone(table.columns[c]))
              << entry.name << " " << row.name;
      }
      EXPECT_EQ(to_json({table}, 0), to_json({Evaluator(*model, data).measure(entry)}, 0)) << entry.name;
    }
  }
}

TEST(MetricContract, SaysWhatIsMissing) {
  const fakes::Source nothing_known{0, 0, {{Split::fit, 10}, {Split::score, 10}}};
  const fakes::Source no_score{4, 3, {{Split::fit, 10}}};
  const fakes::FakeModel model = fakes::whole();
  for (const MetricEntry& entry : metrics()) {
    EXPECT_NE(entry.lacks(no_score).find("score"), std::string::npos) << entry.name;
    EXPECT_THROW(Evaluator(model, no_score).measure(entry), BadInput) << entry.name;
    if (entry.lacks(nothing_known).empty()) {
      EXPECT_FALSE(Evaluator(model, nothing_known).measure(entry).rows.empty()) << entry.name;
    }
  }
}

TEST(MetricContract, DivergedCodesAreRefused) {
  const fakes::FakeModel diverged(Space::square(3, 8), {{"e", 2, Role::target}}, [](const Tensor& x) {
    return Codes{at::full({x.size(0), 2}, std::numeric_limits<float>::infinity())};
  });
  const auto data = complete();
  for (const MetricEntry& entry : metrics())
    EXPECT_THROW(Evaluator(diverged, data).measure(entry), BadInput) << entry.name;
}

}  // namespace
}  // namespace refract
