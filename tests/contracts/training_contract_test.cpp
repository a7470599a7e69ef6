// What holds for every row of the method registry after some training.
#include <gtest/gtest.h>

#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::train_all;

class TrainingContract : public testing::TestWithParam<std::string> {
 protected:
  TempFolder folder_;
};

// Better than any answer that ignores the image could be.
TEST_P(TrainingContract, OverfitsSixteenImages) {
  REFRACT_SKIP_LONG_TRAINING();
  auto settings = tiny(GetParam(), {{"steps", "600"}, {"learning_rate", "0.003"}});
  settings->set({{"unlabelled_images", "16"}, {"reference_images", "16"}, {"batch", "16"}});
  const KeyValues roomy = {
      {"widths", "16,16"}, {"latent", "16"}, {"latent_e", "16"}, {"latent_z", "16"}, {"laplace_scale", "0.02"}};
  for (const auto& [key, value] : roomy)
    if (settings->options.has(key)) settings->options.set(key, value);
  OpenedRun opened = start_run(folder_ / "run", std::move(settings), "");
  if (!lacks_reconstruction(*opened.method).empty()) return;
  train_all(opened);
  const Tensor images = opened.data->examples(Split::unlabelled, all_indices(16));
  const auto error = [&](const Tensor& shown) { return (shown - images).abs().mean().item<double>(); };
  const double best_constant = error(std::get<0>(images.median(0, true)));
  const double trained = error(decode_all(*opened.method, encode_all(*opened.method, images)));
  EXPECT_LT(trained, 0.7 * best_constant);
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
