#include "refract/data/partners.h"

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "refract/core/errors.h"
#include "refract/data/loader.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::message_of;

fakes::Source of_classes(int64_t count, int64_t classes) {
  return {0, classes, {{Split::unlabelled, count}}};
}

TEST(Partners, AreOthersOfTheSameClassEachEquallyOften) {
  const auto data = of_classes(20, 4);
  const Partners partners(data, 7);
  std::map<int64_t, int> of_three;
  const Indices all = all_indices(20);
  for (int64_t step = 0; step < 400; ++step) {
    const Indices found = partners.of(all, step);
    for (int64_t i = 0; i < 20; ++i) {
      ASSERT_EQ(found[static_cast<size_t>(i)] % 4, i % 4);
      ASSERT_NE(found[static_cast<size_t>(i)], i);
    }
    ++of_three[found[3]];
  }
  EXPECT_EQ(of_three.size(), 4U);  // 7, 11, 15, 19
  for (const auto& [partner, times] : of_three) EXPECT_NEAR(times, 100, 35) << partner;
}

TEST(Partners, DependOnStepAndKeyAlone) {
  const auto data = of_classes(20, 2);
  const Indices all = all_indices(20);
  EXPECT_EQ(Partners(data, 7).of(all, 3), Partners(data, 7).of(all, 3));
  EXPECT_NE(Partners(data, 7).of(all, 3), Partners(data, 7).of(all, 4));
  EXPECT_NE(Partners(data, 7).of(all, 3), Partners(data, 8).of(all, 3));
}

TEST(Partners, AClassOfOneIsRefusedByName) {
  const std::string message = message_of<BadInput>([] { Partners(of_classes(5, 4), 1); });
  EXPECT_NE(message.find("3 of 4 classes have one example"), std::string::npos) << message;
  EXPECT_NE(message.find("class 1, class 2, class 3"), std::string::npos) << message;
  EXPECT_NE(message.find("lonely_classes=leave-out"), std::string::npos) << message;
  EXPECT_NE(message_of<BadInput>([] { Partners(of_classes(5, 0), 1); }), "");
}

// Image i of 23 is of class i % 4 of the first 20; 20 and 21 are alone in theirs, 22 is of none.
class SomeAlone final : public DataSource {
 public:
  SomeAlone() {
    info_.name = "some alone";
    info_.space = Space::square(1, 2);
    info_.attributes = {{"thing", {"a", "b", "c", "d", "e", "f", "new"}, true}};
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return split == Split::unlabelled ? 23 : 0; }
  [[nodiscard]] Tensor examples(Split /*split*/, const Indices& indices) const override {
    return at::tensor(indices, at::kFloat).reshape({-1, 1, 1, 1}).expand({-1, 1, 2, 2}).contiguous();
  }
  [[nodiscard]] Tensor attributes(Split /*split*/, const Indices& indices) const override {
    std::vector<int64_t> rows;
    for (const int64_t i : indices) rows.push_back(i == 22 ? -1 : i < 20 ? i % 4 : i - 16);
    return at::tensor(rows, at::kLong).unsqueeze(1);
  }

 private:
  DataInfo info_;
};

std::vector<int64_t> numbers_shown(const Tensor& images) {
  const Tensor flat = images.select(3, 0).select(2, 0).flatten().to(at::kLong).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

Needs wants_pairs() {
  return {.partner = {true}, .lonely = Lonely::leave_out};
}

TEST(Partners, OfClassesOfOneAreLeftOutOnRequest) {
  const SomeAlone data;
  const Partners partners(data, 1, Lonely::leave_out);
  EXPECT_EQ(partners.paired(), all_indices(20));
  EXPECT_EQ(
      partners.note(),
      "2 of 7 classes have one example, which has no partner: e, f. These examples are left out. 1 example without "
      "a label, so without a partner, is left out.");
  EXPECT_EQ(Partners(of_classes(8, 4), 1, Lonely::leave_out).note(), "");
  const std::string refused = message_of<BadInput>([&] { Partners(data, 1); });
  EXPECT_NE(refused.find("example 22 has no label"), std::string::npos) << refused;
  EXPECT_NE(refused.find("lonely_classes=leave-out"), std::string::npos) << refused;
  const std::string none = message_of<BadInput>([] { Partners(of_classes(4, 4), 1, Lonely::leave_out); });
  EXPECT_NE(none.find("no class has two examples"), std::string::npos) << none;
}

TEST(Loader, PassesOverExamplesWithoutAPartner) {
  const SomeAlone data;
  Loader loader(data, wants_pairs(), 5, 3);
  EXPECT_EQ(loader.steps_per_epoch(), 4);
  EXPECT_NE(loader.note(), "");
  std::vector<int64_t> pass;
  for (int64_t step = 0; step < 4; ++step) {
    const Batch batch = loader.at(step);
    EXPECT_EQ(batch.population, 20);
    const std::vector<int64_t> main = numbers_shown(batch.main.x), partner = numbers_shown(batch.partner.x);
    for (size_t n = 0; n < main.size(); ++n) {
      EXPECT_EQ(main[n] % 4, partner[n] % 4);
      EXPECT_NE(main[n], partner[n]);
    }
    pass.insert(pass.end(), main.begin(), main.end());
  }
  std::sort(pass.begin(), pass.end());
  EXPECT_EQ(pass, all_indices(20)) << "a pass shows each of them once";
  EXPECT_EQ(main_population(data, wants_pairs()), 20);
  EXPECT_EQ(main_population(data, {}), 23);
  const std::string few = message_of<BadInput>([&] { Loader(data, wants_pairs(), 21, 1); });
  EXPECT_NE(few.find("batch=20"), std::string::npos) << few;
}

// Resuming an earlier run draws what the run would have drawn.
TEST(Loader, DrawsTheSameWhereNoneIsLeftOut) {
  const auto data = of_classes(20, 4);
  Loader leaves_out(data, wants_pairs(), 6, 5), refuses(data, {.partner = {true}}, 6, 5), plain(data, {}, 6, 5);
  EXPECT_EQ(leaves_out.note(), "");
  for (const int64_t step : {0, 3, 4}) {
    const Batch batch = leaves_out.at(step), other = refuses.at(step);
    EXPECT_TRUE(batch.main.x.equal(other.main.x)) << step;
    EXPECT_TRUE(batch.partner.x.equal(other.partner.x)) << step;
    EXPECT_TRUE(batch.main.x.equal(plain.at(step).main.x)) << step;
  }
}

// What a method of pairs asks the loader for.
TEST(Loader, GivesPartnersAndLabelsWhereTheyAreWanted) {
  const auto data = of_classes(12, 3);
  const Needs needs = {.main = {true, true}, .second = {true, true}, .partner = {true}};
  const Batch batch = Loader(data, needs, 6, 1).at(2);
  ASSERT_EQ(batch.main.labels.sizes().vec(), (std::vector<int64_t>{6, 1}));
  ASSERT_EQ(batch.second.labels.sizes().vec(), (std::vector<int64_t>{6, 1}));
  EXPECT_FALSE(batch.partner.labels.defined());
  // The label stands in the first pixel of the second row.
  const auto class_in = [](const Tensor& x) { return x.select(1, 0).select(1, 1).select(1, 0); };
  EXPECT_TRUE(class_in(batch.main.x).equal(class_in(batch.partner.x)));
  EXPECT_FALSE(batch.main.x.equal(batch.partner.x));
  EXPECT_NE(message_of<BadInput>([&] { Loader(of_classes(12, 0), {.main = {true, true}}, 6, 1); }), "");
}

}  // namespace
}  // namespace refract
