#include "refract/data/partners.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

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
  EXPECT_NE(message_of<BadInput>([] { Partners(of_classes(5, 0), 1); }), "");
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
