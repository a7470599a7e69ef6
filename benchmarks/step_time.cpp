// The time of training steps. On standard input: `METHOD STEPS`, a line for each request; the answer is the seconds
// that so many steps took and the peak of memory so far in KiB. `loader BATCHES` answers with the processor time of
// rendering so many, `machine 1` with the peaks of the machine. Arguments: threads, `cuda` for steps on a GPU, and
// `plain` for steps there that are not captured. benchmarks/run.py alternates it with a peer.
#include <ATen/Parallel.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <string>

#include "app/cli/machine_speed.h"
#include "refract/core/errors.h"
#include "refract/data/loader.h"
#include "refract/data/registry.h"
#include "refract/methods/registry.h"
#include "refract/train/machine.h"
#include "refract/train/machine_set_up.h"
#include "refract/train/stepper.h"

namespace {

// What a step sees: the sizes of the papers, as benchmarks/peers has them.
struct Case {
  refract::Space space = refract::Space::square(3, 64);
  int64_t batch = 36;
  int64_t labelled = 0;     // images whose labels are known; a batch of them comes before every unlabelled one
  int64_t classes = 10;     // of labels
  std::string widths = {};  // empty: the method's own
};

Case case_of(const std::string& method) {
  if (method == "partedvae")
    return {.space = refract::Space::square(1, 64), .batch = 64, .labelled = 256, .classes = 3};
  if (method == "lrlivae") return {.widths = "16,32,64,128"};
  return {};
}

std::unique_ptr<refract::Method> make(const std::string& name) {
  const Case of = case_of(name);
  refract::MethodRecipe recipe = refract::method(name).recipe();
  if (of.labelled > 0) recipe.options.set("labelled", std::to_string(of.labelled));
  if (recipe.options.has("classes")) recipe.options.set("classes", std::to_string(of.classes));
  if (!of.widths.empty()) recipe.options.set("widths", of.widths);
  return recipe.make(of.space);
}

refract::Batch batch_of(const Case& of, const refract::Needs& needs, const at::Device& device) {
  const auto images = [&](bool wanted, int64_t batches = 1) {
    if (!wanted) return refract::Tensor();
    const refract::Tensor pixels = at::rand(of.space.batch(batches * of.batch)) * 2 - 1;
    return pixels.contiguous(at::MemoryFormat::ChannelsLast).to(device);
  };
  const auto labels = [&](bool wanted, int64_t batches = 1) {
    return wanted ? at::randint(of.classes, {batches * of.batch, 1}, at::kLong).to(device) : refract::Tensor();
  };
  refract::Batch batch;
  batch.main = {images(true), labels(needs.main.labels)};
  batch.reference = {images(needs.reference.wanted)};
  const int64_t batches = needs.second.batches;
  batch.second = {images(needs.second.wanted, batches), labels(needs.second.labels, batches)};
  batch.partner = {images(needs.partner.wanted)};
  batch.labelled = {images(needs.labelled > 0), labels(needs.labelled > 0)};
  return batch;
}

// Rendering goes on beside the steps, on a thread of its own: what counts is what it takes from them.
double loader_seconds(int64_t batches) {
  refract::DataRecipe recipe = refract::data_set("embedded-digits").recipe();
  const Case of;
  recipe.options.set("size", std::to_string(of.space.width()));
  const std::unique_ptr<refract::DataSource> digits = recipe.make();
  refract::Loader loader(*digits, {.reference = {true}}, of.batch, 1);
  loader.at(0);
  const std::clock_t start = std::clock();
  for (int64_t step = 1; step <= batches; ++step) loader.at(step);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

int64_t peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void answer_requests(const at::Device& device, bool capture) {
  refract::Batch batch;
  std::unique_ptr<refract::Method> method;
  std::unique_ptr<refract::Stepper> stepper;
  std::string made;
  std::string name;
  for (int steps = 0; std::cin >> name >> steps;) {
    if (name == "machine") {
      const refract::MachineSpeed speed = refract::measure_machine();
      std::cout << fmt::format("{} {}\n", speed.fma_gflops, speed.gemm_gflops) << std::flush;
      continue;
    }
    if (name == "loader") {
      std::cout << fmt::format("{} {}\n", loader_seconds(steps), peak_kib()) << std::flush;
      continue;
    }
    if (name != made) {
      stepper.reset();
      method.reset();
      method = make(name);
      batch = batch_of(case_of(name), method->needs(), device);
      refract::move_to(device, *method);
      stepper = std::make_unique<refract::Stepper>(*method, capture);
      made = name;
    }
    const auto start = std::chrono::steady_clock::now();
    bool finite = true;
    for (int step = 0; step < steps; ++step) {
      const refract::Stepped stepped = stepper->step(batch, 1, 0);
      if (device.is_cpu() || step + 1 == steps) finite = finite && stepped.update.finite();  // waits for the device
    }
    if (!finite) throw refract::BadInput("The time of steps: a gradient was not finite.");
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format("{} {}\n", seconds.count(), peak_kib()) << std::flush;
  }
}

}  // namespace

int main(int argc, char** argv) {
  refract::set_up_machine(argv);
  if (argc > 1) at::set_num_threads(std::stoi(argv[1]));
  at::manual_seed(1);
  try {
    refract::TrainOptions options;
    options.device = argc > 2 ? argv[2] : "cpu";
    const at::Device device = refract::device_of(options);
    std::cout << "ready" << std::endl;
    answer_requests(device, argc <= 3);
  } catch (const refract::BadInput& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
