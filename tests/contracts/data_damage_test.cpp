// What every data set says of damaged files: one sentence that names the file and says once what was being done.
#include <ATen/ops/full.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "app/cli/codes_file.h"
#include "refract/core/errors.h"
#include "tests/contracts/data_files.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::small_recipe;
using testing_support::TempFolder;
using testing_support::truncate_file;
using testing_support::write_bytes;
using testing_support::write_data_files;

int occurrences(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// What was being done stands before the first colon.
void expect_said_once(const std::string& message) {
  const size_t colon = message.find(": ");
  ASSERT_NE(colon, std::string::npos) << message;
  EXPECT_EQ(occurrences(message, message.substr(0, colon + 2)), 1) << message;
  EXPECT_LE(occurrences(message, "Reading "), 1) << message;
  EXPECT_EQ(occurrences(message, ".."), 2 * occurrences(message, "...'")) << message;  // of a text cut short
  EXPECT_TRUE(message.ends_with('.')) << message;
}

class DataDamage : public testing::TestWithParam<std::string> {
 protected:
  DataDamage() { write_data_files(GetParam(), folder_); }

  // Makes the set, with whatever files there are, and looks at all its images.
  void read_all() const {
    const auto data = small_recipe(GetParam(), folder_).make();
    for (const Split split : {Split::unlabelled, Split::reference, Split::fit, Split::score})
      static_cast<void>(data->examples(split, all_indices(data->count(split))));
  }

  // At most three of each sub-folder, and one where there are many, since these hold the same kind of file.
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::map<std::filesystem::path, std::set<std::filesystem::path>> by_folder;
    if (const auto own = folder_ / GetParam(); std::filesystem::exists(own))
      for (const auto& entry : std::filesystem::recursive_directory_iterator(own))
        if (entry.is_regular_file()) by_folder[entry.path().parent_path()].insert(entry.path());
    const int most = by_folder.size() > 3 ? 1 : 3;
    std::vector<std::filesystem::path> all;
    for (const auto& [place, found] : by_folder) {
      auto at = found.begin();
      for (int i = 0; i < most && at != found.end(); ++i, ++at) all.push_back(*at);
    }
    return all;
  }

  TempFolder folder_;
};

TEST_P(DataDamage, IsOneSentenceThatNamesTheFile) {
  const std::vector<std::filesystem::path> all = files();
  if (all.empty()) GTEST_SKIP() << "reads no files";
  EXPECT_NO_THROW(read_all());
  const bool can_skip = small_recipe(GetParam(), folder_).options.has("skip_bad_images");
  for (const auto& file : all) {
    const std::string good = read_file(file);
    std::vector<std::string> damaged = {"", "something else\n", std::string(300, 'x'),
                                        good.substr(0, good.size() / 2 - 7)};
    if (GetParam() != "cifar10") damaged.emplace_back(good.size(), '\0');  // there it is as many black aeroplanes
    for (const std::string& bytes : damaged) {
      write_bytes(file, bytes);
      const std::string message = message_of<BadInput>([&] { read_all(); });
      EXPECT_TRUE(contains(message, file.filename().string())) << file << ": " << message;
      if (!message.empty()) expect_said_once(message);
      EXPECT_TRUE(!contains(message, "--skip-bad-images") || can_skip) << "there is no such option: " << message;
    }
    std::filesystem::remove(file);
    if (const std::string message = message_of<BadInput>([&] { read_all(); }); !message.empty()) {
      EXPECT_TRUE(contains(message, file.filename().string())) << file << ": " << message;
      expect_said_once(message);
    }
    write_bytes(file, good);
  }
}

TEST_P(DataDamage, AFolderOfBadImagesIsOneSentenceToo) {
  DataRecipe recipe = small_recipe(GetParam(), folder_);
  if (!recipe.options.has("skip_bad_images") || GetParam() == "fer2013" || GetParam() == "cifar10")
    GTEST_SKIP() << "reads no image files, or other files here";
  recipe.options.set("skip_bad_images", "true");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / GetParam()))
    if (entry.is_regular_file() && entry.path().extension() != ".txt") write_bytes(entry.path(), "bad");
  const std::string message = message_of<BadInput>([&] { static_cast<void>(recipe.make()); });
  EXPECT_TRUE(contains(message, "none of the")) << message;
  expect_said_once(message);
}

std::vector<std::string> damaged_names() {
  std::vector<std::string> all;
  for (const DataEntry& entry : data_sets()) all.push_back(entry.name);
  return all;
}

std::string damage_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EverySet, DataDamage, testing::ValuesIn(damaged_names()), damage_name);

TEST(CodesDamage, IsSaidOnceAndNamesTheFile) {
  const TempFolder folder;
  const auto refusal = [&](int64_t rows, double factor) {
    write_file(folder / "model.npz",
               npz({npz_array("codes", at::full({rows, 2}, 0.5)), npz_array("factors", at::full({rows, 1}, factor))}));
    return message_of<BadInput>([&] { read_codes({folder / "model.npz"}); });
  };
  for (const auto& message : {refusal(40, std::numeric_limits<double>::quiet_NaN()), refusal(40, 1), refusal(0, 1)}) {
    EXPECT_TRUE(contains(message, "model.npz")) << message;
    expect_said_once(message);
  }
}

}  // namespace
}  // namespace refract
