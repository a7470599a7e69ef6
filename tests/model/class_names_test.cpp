// What classes are called, and which blocks of which methods have classes of the data.
#include "refract/model/class_names.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "refract/methods/registry.h"

namespace refract {
namespace {

const std::vector<Attribute> named_attributes = {{"person", {"11", "12"}}, {"class", {"cat", "7", "a-1"}}};

Block category_of_attribute(std::optional<size_t> attribute, int64_t classes) {
  Block block{"c", classes, Role::category, true};
  block.attribute = attribute;
  return block;
}

TEST(ClassNames, AreThoseOfTheAttributeThatTheClassesLearnedFrom) {
  const auto name = [](std::optional<size_t> attribute, int64_t classes, int64_t index) {
    return class_name(category_of_attribute(attribute, classes), index, named_attributes);
  };
  EXPECT_EQ(name(0, 2, 1), "person 12");
  EXPECT_EQ(name(1, 3, 0), "cat") << "the classes of a data set need no further name";
  EXPECT_EQ(name(1, 3, 1), "class 7");
  EXPECT_EQ(name(1, 3, 2), "a-1");
}

TEST(ClassNames, AreNumbersWhereTheDataHaveNone) {
  const auto name = [](std::optional<size_t> attribute, int64_t classes) {
    return class_name(category_of_attribute(attribute, classes), 1, named_attributes);
  };
  EXPECT_EQ(name({}, 2), "c = 1") << "the model found them itself";
  EXPECT_EQ(name(0, 3), "c = 1") << "another number of values";
  EXPECT_EQ(name(2, 2), "c = 1") << "no such attribute";
  EXPECT_EQ(class_name(category_of_attribute(0, 2), 1, {}), "c = 1");
}

// The categories of a method that learns from the second of two attributes, or from both.
std::vector<Block> categories_of(const MethodEntry& entry) {
  MethodRecipe recipe = entry.recipe();
  const KeyValues values = {{"classes", "3,2"}, {"label_columns", "1"}, {"labelled", "6"}};
  for (const auto& [key, value] : values)
    if (recipe.options.has(key)) recipe.options.set(key, value);
  const auto method = recipe.make(Space::square(1, 64));
  std::vector<Block> categories = method->blocks();
  std::erase_if(categories, [](const Block& block) { return !block.categorical; });
  return categories;
}

TEST(ClassNames, MethodsThatLearnFromLabelsSayFromWhich) {
  size_t learning = 0;
  for (const MethodEntry& entry : methods()) {
    for (const Block& block : categories_of(entry)) {
      ++learning;
      ASSERT_TRUE(block.attribute.has_value()) << entry.name;
      EXPECT_EQ(block.size, *block.attribute == 0 ? 3 : 2) << entry.name << " " << block.name;
    }
  }
  EXPECT_GE(learning, 5U);
}

TEST(ClassNames, ClassesThatPartedVaeFindsItselfHaveNone) {
  const MethodRecipe recipe = method("partedvae").recipe();
  EXPECT_FALSE(recipe.make(Space::square(1, 64))->blocks().front().attribute.has_value());
}

}  // namespace
}  // namespace refract
