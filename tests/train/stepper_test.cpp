#include "refract/train/stepper.h"

#include <ATen/Context.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/core/random.h"
#include "refract/train/machine.h"
#include "refract/train/trainer.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;
using testing_support::tiny;

constexpr int64_t kSteps = 8;  // more than are taken before a capture

// The weights after some steps with other images, rates and random numbers each.
template <class Step>
std::vector<Tensor> weights_after(Method& method, const at::Device& device, Step step) {
  move_to(device, method);
  for (int64_t i = 0; i < kSteps; ++i) {
    at::manual_seed(mix(7, Stream::step, static_cast<uint64_t>(i)));
    const auto images = [&] { return (at::rand({4, 3, 16, 16}) * 2 - 1).to(device); };
    const auto done = static_cast<double>(i) / kSteps;
    Batch batch;
    for (Examples* examples : {&batch.main, &batch.reference, &batch.second, &batch.labelled, &batch.partner})
      *examples = {images(), at::zeros({4, 1}, at::kLong).to(device)};
    batch.population = 64;
    step(batch, 1 - done, done);
  }
  std::vector<Tensor> weights;
  for (Player* player : method.players())
    for (const auto& [name, weight] : player->weights()) weights.push_back(weight.cpu());
  return weights;
}

std::unique_ptr<Method> made(const std::string& name) {
  at::manual_seed(3);
  return tiny(name)->method_recipe.make(Space::square(3, 16));
}

std::vector<Tensor> plain(Method& method, const at::Device& device) {
  return weights_after(method, device, [&](const Batch& batch, double rate, double progress) {
    Update update(rate, progress);
    method.step(batch, update);
  });
}

std::vector<Tensor> stepped(Method& method, const at::Device& device) {
  std::unique_ptr<Stepper> stepper;
  return weights_after(method, device, [&](const Batch& batch, double rate, double progress) {
    if (stepper == nullptr) stepper = std::make_unique<Stepper>(method);
    EXPECT_TRUE(stepper->step(batch, rate, progress).update.finite());
  });
}

TEST(Stepper, StepsOnTheProcessorArePlain) {
  for (const MethodEntry& entry : methods()) {
    const auto expected = plain(*made(entry.name), at::kCPU);
    const auto found = stepped(*made(entry.name), at::kCPU);
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(found[i].equal(expected[i])) << entry.name;
  }
}

// Captured or not, a step is the same operations; of those for a convolution, the ones that always add in one order are
// taken here. Where sums in another order turn the sign of a gradient near zero, Adam makes a whole step of it.
class StepperOnAGpu : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device";
    if (!can_capture()) GTEST_SKIP() << "this LibTorch cannot capture steps";
    at::globalContext().setDeterministicCuDNN(true);
  }
  void TearDown() override { at::globalContext().setDeterministicCuDNN(false); }
};

TEST_P(StepperOnAGpu, ReplayedStepsArePlain) {
  const auto expected = plain(*made(GetParam()), at::kCUDA);
  const auto found = stepped(*made(GetParam()), at::kCUDA);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_LE((found[i] - expected[i]).abs().max().item<double>(), 1e-4) << "weight " << i;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& entry : methods()) names.push_back(entry.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Stepper, StepperOnAGpu, testing::ValuesIn(method_names()),
                         [](const auto& method) { return method.param; });

TEST(Stepper, TrainsAndGoesOnOnAGpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device";
  const TempFolder folder;
  const auto finish = [](OpenedRun opened) {
    EXPECT_TRUE(opened.method->players().at(0)->parameters().at(0).second.is_cuda());
    return train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {});
  };
  EXPECT_EQ(finish(start_run(folder / "run", tiny("srbvae", {{"device", "cuda"}}), "")), Outcome::finished);
  EXPECT_EQ(finish(resume_run(folder / "run")), Outcome::finished);
  EXPECT_EQ(open_run(folder / "run", false).checkpoint.step, 6);
}

}  // namespace
}  // namespace refract
