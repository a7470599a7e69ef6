// What holds for the options of every row of the method registry.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "refract/core/files.h"
#include "refract/data/registry.h"
#include "refract/methods/registry.h"
#include "refract/train/settings.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

class MethodOptions : public testing::TestWithParam<std::string> {
 protected:
  testing_support::TempFolder folder_;
};

TEST_P(MethodOptions, OptionsAreDescribed) {
  const MethodRecipe recipe = method(GetParam()).recipe();
  EXPECT_TRUE(recipe.options.has("learning_rate"));
  for (const Option& option : recipe.options.all()) {
    EXPECT_FALSE(option.meaning.empty()) << option.name;
    EXPECT_EQ(option.text(), option.default_text) << option.name;
    for (const Preset& preset : option.presets)
      for (const auto& [key, value] : preset.options)
        EXPECT_NO_THROW(method(GetParam()).recipe().options.at(key).parse(value)) << key;
  }
}

// Another value than the present one, as text.
std::string changed(const Option& option) {
  if (std::holds_alternative<bool*>(option.field)) return option.text() == "true" ? "false" : "true";
  if (option.choices.size() > 1) return option.choices[option.text() == option.choices[0] ? 1 : 0];
  if (std::holds_alternative<std::string*>(option.field)) return option.text() + "some \"text\" \\ and a # sign";
  if (std::holds_alternative<std::vector<int64_t>*>(option.field))
    return option.text() + (option.text().empty() ? "7" : ",7");
  if (const auto* size = std::get_if<PictureSize*>(&option.field))
    return fmt::format("{}x{}", (*size)->width, (*size)->height + 1);
  if (std::holds_alternative<int64_t*>(option.field)) {
    const int64_t value = std::stoll(option.text());
    return std::to_string(static_cast<double>(value) + 1 <= option.max ? value + 1 : value - 1);
  }
  const double value = std::stod(option.text());
  const double lower = std::max(value / 3, option.min);
  return fmt::format("{}", lower != value ? lower : std::min(value + 1.0 / 3, option.max));
}

// All of them in one file: each file is flushed to the disk, which takes longer than reading it.
TEST_P(MethodOptions, EveryOptionSurvivesItsFile) {
  for (const DataEntry& data : data_sets()) {
    Settings settings(GetParam(), data.name);
    for (const Option& option : settings.options.all()) {
      const std::string before = option.text();
      option.parse(changed(option));
      ASSERT_NE(option.text(), before) << option.name;
    }
    write_file(folder_ / "options.toml", settings.toml());
    const auto read = Settings::read(folder_ / "options.toml");
    for (const Option& option : settings.options.all())
      EXPECT_EQ(read->options.at(option.name).text(), option.text()) << data.name << " " << option.name;
    EXPECT_EQ(read->toml(), settings.toml());
  }
}

std::vector<std::string> names_of_methods() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) all.push_back(entry.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, MethodOptions, testing::ValuesIn(names_of_methods()),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace refract
