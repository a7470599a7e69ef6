// What lets a GPU record a step once and replay it (refract/train/stepper.h) holds for every method: a step reads no
// number back from where it works. In double precision it takes on the processor the operations that it takes on a GPU:
// the project's own loops are for floats.
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "refract/methods/registry.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::tiny;

constexpr int64_t kImages = 8;

bool reads_back(const std::string& operation) {
  static const std::set<std::string> known = {
      "aten::_local_scalar_dense", "aten::equal",   "aten::is_nonzero", "aten::item",
      "aten::masked_select",       "aten::nonzero", "aten::_unique2"};
  return known.count(operation) > 0;
}

// The callback that LibTorch takes is a plain function.
std::set<std::string>& faults() {
  static std::set<std::string> all;
  return all;
}

std::unique_ptr<at::ObserverContext> look_at(const at::RecordFunction& call) {
  const std::string name = call.name();
  if (reads_back(name)) faults().insert(name);
  return nullptr;
}

template <class Work>
std::set<std::string> faults_of(Work work) {
  faults().clear();
  const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(look_at));
  work();
  at::removeCallback(handle);
  return faults();
}

class CaptureContract : public testing::TestWithParam<std::string> {
 protected:
  CaptureContract() {
    const std::string& which = GetParam();
    const size_t slash = which.find('/');
    const auto settings =
        slash == std::string::npos ? tiny(which) : tiny(which.substr(0, slash), {{"preset", which.substr(slash + 1)}});
    if (settings->options.has("labelled")) settings->options.set("labelled", "16");
    method_ = settings->method_recipe.make(Space::square(3, 16));
    for (Player* player : method_->players())
      for (const NamedTensors* tensors : {&player->parameters(), &player->buffers()})
        for (auto [name, tensor] : *tensors) tensor.set_data(tensor.detach().to(at::kDouble));
    for (Examples* examples : {&batch_.main, &batch_.reference, &batch_.second, &batch_.partner, &batch_.labelled}) {
      examples->x = at::rand({kImages, 3, 16, 16}, at::kDouble) * 2 - 1;
      examples->labels = at::zeros({kImages, 1}, at::kLong);
    }
    batch_.population = 64;
  }

  // What a first step sets up stays outside of a recording.
  std::set<std::string> faults_of_second_step() {
    Update first(1, 0);
    method_->step(batch_, first);
    Update second(1, 0.5);
    return faults_of([&] { method_->step(batch_, second); });
  }

 private:
  std::unique_ptr<Method> method_;
  Batch batch_;
};

TEST_P(CaptureContract, AStepReadsNothingBack) {
  const std::set<std::string> found = faults_of_second_step();
  EXPECT_TRUE(found.empty()) << fmt::format("{}", fmt::join(found, ", "));
}

std::vector<std::string> capture_names() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) {
    all.push_back(entry.name);
    const MethodRecipe recipe = entry.recipe();
    for (const Option& option : recipe.options.all())
      for (const Preset& preset : option.presets) all.push_back(entry.name + "/" + preset.name);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Methods, CaptureContract, testing::ValuesIn(capture_names()), [](const auto& method) {
  std::string name = method.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

TEST(CaptureContractItself, SeesWhatIsRead) {
  const Tensor one = at::zeros({}, at::TensorOptions(at::kCPU));
  EXPECT_FALSE(faults_of([&] { one.item<float>(); }).empty());
  EXPECT_TRUE(faults_of([&] { one + 1; }).empty());
}

}  // namespace
}  // namespace refract
