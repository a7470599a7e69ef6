#include "refract/train/machine.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "refract/core/errors.h"
#include "refract/train/machine_limits.h"

namespace refract {

namespace {

int cores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

int thread_count(const TrainOptions& options) {
  return options.threads > 0 ? static_cast<int>(std::min<int64_t>(options.threads, most_threads())) : cores();
}

int most_threads() {
  return 4 * cores();
}

void use_threads(const TrainOptions& options) {
  const int threads = thread_count(options);
  if (threads > at::get_num_threads()) expect_threads(threads);
  at::set_num_threads(threads);
}

void expect_sensible_threads(const TrainOptions& options) {
  if (options.threads <= most_threads()) return;
  throw BadInput(
      fmt::format("Option threads: expected at most {}, four per core, found {}. More threads are slower than fewer; 0 "
                  "uses one per core.",
                  most_threads(), options.threads));
}

at::Device device_of(const TrainOptions& options) {
  const bool available = at::hasCUDA();
  if (options.device == "cuda" && !available)
    throw BadInput(
        "Option device: expected a CUDA device, but LibTorch finds none on this machine. Use --set device=cpu "
        "or --set device=auto.");
  return options.device != "cpu" && available ? at::kCUDA : at::kCPU;
}

std::string processor_name() {
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string blas_file() {
  Dl_info found{};
  void* const symbol = ::dlsym(RTLD_DEFAULT, "sgemm_");
  if (symbol == nullptr || ::dladdr(symbol, &found) == 0 || found.dli_fname == nullptr) return "part of LibTorch";
  std::error_code error;
  const auto real = std::filesystem::canonical(found.dli_fname, error);
  return error ? found.dli_fname : real.string();
}

void move_to(const at::Device& device, Method& method) {
  if (!device.is_cpu()) {
    at::globalContext().setFloat32MatmulPrecision("high");
    at::globalContext().setBenchmarkCuDNN(true);  // sizes never change: the fastest way is looked for once
  }
  for (Player* player : method.players()) player->to(device);
}

}  // namespace refract
