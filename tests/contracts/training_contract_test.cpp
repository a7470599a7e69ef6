// What holds for every row of the method registry after some training.
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

class TrainingContract : public testing::TestWithParam<std::string> {
 protected:
  TempFolder folder_;
};

void train(OpenedRun& opened) {
  refract::train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {});
}

// Long trainings look at numbers; the memory they use is that of the short ones. Sanitizers take minutes for each.
#ifdef __SANITIZE_ADDRESS__
#define REFRACT_SKIP_LONG_TRAINING() GTEST_SKIP() << "a long training, under a sanitizer"
#else
#define REFRACT_SKIP_LONG_TRAINING()
#endif

// Better than any answer that ignores the image could be.
TEST_P(TrainingContract, OverfitsSixteenImages) {
  REFRACT_SKIP_LONG_TRAINING();
  auto settings = tiny(GetParam(), {{"steps", "600"}, {"learning_rate", "0.003"}, {"widths", "16,16"}});
  settings->set({{"unlabelled_images", "16"}, {"reference_images", "16"}, {"batch", "16"}});
  const KeyValues roomy = {{"latent", "16"}, {"latent_e", "16"}, {"latent_z", "16"}, {"laplace_scale", "0.02"}};
  for (const auto& [key, value] : roomy)
    if (settings->options.has(key)) settings->options.set(key, value);
  OpenedRun opened = start_run(folder_ / "run", std::move(settings), "");
  train(opened);
  const Tensor images = opened.data->examples(Split::unlabelled, all_indices(16));
  const auto error = [&](const Tensor& shown) { return (shown - images).abs().mean().item<double>(); };
  const double best_constant = error(std::get<0>(images.median(0, true)));
  const double trained = error(decode_all(*opened.method, encode_all(*opened.method, images)));
  EXPECT_LT(trained, 0.7 * best_constant);
}

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
TEST_P(TrainingContract, FastLoopsTrainLikePlainOperations) {
  REFRACT_SKIP_LONG_TRAINING();
  const auto mean_error = [&](int seed, Isa limit) {
    const KeyValues values = {
        {"seed", std::to_string(seed)}, {"steps", "50"}, {"learning_rate", "0.003"}, {"widths", "16,32"}};
    const std::string name = fmt::format("{} {}", seed, static_cast<int>(limit));
    OpenedRun opened = start_run(folder_ / name, tiny(GetParam(), values), "");
    limit_isa(limit);
    train(opened);
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
    All, TrainingContract,
    [] {
      std::vector<std::string> names;
      for (const MethodEntry& entry : methods()) names.push_back(entry.name);
      return testing::ValuesIn(names);
    }(),
    [](const auto& row) { return row.param; });

}  // namespace
}  // namespace refract
