#include "refract/train/machine.h"

#include <ATen/Context.h>

#include <algorithm>
#include <thread>

#include "refract/core/errors.h"

namespace refract {

int thread_count(const TrainOptions& options) {
  if (options.threads > 0) return static_cast<int>(options.threads);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

torch::Device device_of(const TrainOptions& options) {
  const bool available = at::hasCUDA();
  if (options.device == "cuda" && !available)
    throw BadInput(
        "Option device: expected a CUDA device, but LibTorch finds none on this machine. Use --set device=cpu "
        "or --set device=auto.");
  return options.device != "cpu" && available ? torch::kCUDA : torch::kCPU;
}

void move_to(const torch::Device& device, Method& method) {
  if (device.is_cpu()) return;
  at::globalContext().setFloat32MatmulPrecision("high");
  at::globalContext().setBenchmarkCuDNN(true);  // sizes never change: the fastest way is looked for once
  for (Player* player : method.players())
    for (auto [name, parameter] : player->parameters()) parameter.set_data(parameter.detach().to(device));
}

}  // namespace refract
