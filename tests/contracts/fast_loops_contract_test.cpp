// Trainings with the fast kernels end as well as those with plain operations, for every row of the method registry.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "refract/kernels/isa.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::train_all;

class FastLoopsContract : public testing::TestWithParam<std::string> {
 protected:
  TempFolder folder_;
};

struct Errors {
  std::vector<double> each;
  [[nodiscard]] double mean() const { return std::accumulate(each.begin(), each.end(), 0.0) / size(); }
  [[nodiscard]] double variance_of_mean() const {
    double sum = 0;
    for (const double error : each) sum += std::pow(error - mean(), 2);
    return sum / (size() - 1) / size();
  }
  [[nodiscard]] double size() const { return static_cast<double>(each.size()); }
};

// Rounding differs, so that two trainings part in time, as those of two seeds do; they must end equally well, as far as
// five seeds of each can tell: within four standard errors.
TEST_P(FastLoopsContract, TrainLikePlainOperations) {
  REFRACT_SKIP_LONG_TRAINING();
  const auto untrained = tiny(GetParam())->method_recipe.make(Space::square(3, 16));
  if (!lacks_reconstruction(*untrained).empty()) GTEST_SKIP() << "it makes no images of images";
  const auto mean_error = [&](int seed, Isa limit) {
    const KeyValues values = {
        {"seed", std::to_string(seed)}, {"steps", "50"}, {"learning_rate", "0.003"}, {"widths", "16,32"}};
    const std::string name = fmt::format("{} {}", seed, static_cast<int>(limit));
    OpenedRun opened = start_run(folder_ / name, tiny(GetParam(), values), "");
    if (!lacks_reconstruction(*opened.method).empty()) return 0.0;
    limit_isa(limit);
    train_all(opened);
    limit_isa(best_isa());
    const Tensor images = opened.data->examples(Split::score, all_indices(16));
    const Tensor shown = decode_all(*opened.method, encode_all(*opened.method, images));
    return (shown - images).abs().mean().item<double>();
  };
  Errors fast, plain;
  for (int seed = 1; seed <= 5; ++seed) {
    fast.each.push_back(mean_error(seed, best_isa()));
    plain.each.push_back(mean_error(seed, Isa::none));
  }
  EXPECT_NEAR(fast.mean(), plain.mean(), 4 * std::sqrt(fast.variance_of_mean() + plain.variance_of_mean()));
}

INSTANTIATE_TEST_SUITE_P(
    All, FastLoopsContract,
    [] {
      std::vector<std::string> names;
      for (const MethodEntry& entry : methods()) names.push_back(entry.name);
      return testing::ValuesIn(names);
    }(),
    [](const auto& row) { return row.param; });

}  // namespace
}  // namespace refract
