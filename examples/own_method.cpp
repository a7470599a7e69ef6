// A method that the library does not have, and a training loop of its own: the VAE of Burgess et al. (2018, Eq. 8),
// whose codes are held to a number of nats that grows during training.
#include <ATen/Context.h>
#include <fmt/format.h>

#include "refract/core/files.h"
#include "refract/data/loader.h"
#include "refract/data/registry.h"
#include "refract/draw/picture.h"
#include "refract/figures/sheets.h"
#include "refract/methods/vae_base.h"
#include "refract/train/machine_set_up.h"
#include "refract/train/stepper.h"

namespace {

using refract::Tensor;

class CapacityVae : public refract::VaeBase {
 public:
  using VaeBase::VaeBase;
  double capacity = 0;  // nats

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    constexpr double gamma = 30;
    return {gamma * (inferred.posterior.kl_to_standard().mean() - capacity).abs()};
  }
};

void run(int64_t steps, const std::string& file) {
  refract::DataRecipe recipe = refract::data_set("embedded-digits").recipe();
  recipe.options.set("size", "32");
  const std::unique_ptr<refract::DataSource> digits = recipe.make();

  refract::VaeOptions options;
  options.network.widths = {16, 32};
  options.network.learning_rate = 1e-3;
  options.latent = 16;
  at::manual_seed(1);
  CapacityVae method(options, digits->info().space);

  refract::Loader loader(*digits, method.needs(), 36, 1);
  refract::Stepper stepper(method);
  for (int64_t step = 0; step < steps; ++step) {
    const auto done = static_cast<double>(step) / static_cast<double>(steps);
    method.capacity = 25 * done;
    const refract::Stepped stepped = stepper.step(loader.at(step), 1.0, done);
    if (step % 100 != 0) continue;
    fmt::print("step {}", step);
    for (const auto& [name, value] : stepped.terms) fmt::print("  {} {:.4g}", name, value.item<double>());
    fmt::print("\n");
  }
  const Tensor seen = digits->examples(refract::Split::score, {0, 1, 2, 3, 4, 5, 6, 7});
  refract::write_file(file, refract::png(refract::reconstruction_sheet(method, seen, {}).frames.at(0)));
  fmt::print("{}: unlabelled digits, and what the model makes of their codes.\n", file);
}

}  // namespace

int main(int argc, char** argv) try {
  refract::set_up_machine(argv);
  run(argc > 1 ? std::stoll(argv[1]) : 1000, argc > 2 ? argv[2] : "own_method.png");
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
