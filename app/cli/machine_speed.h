// What the processor reaches at best: the yardstick for the speed of a step.
#pragma once

namespace refract {

struct MachineSpeed {
  double fma_gflops = 0;   // fused multiply-adds in registers, all threads, fp32
  double gemm_gflops = 0;  // a matrix product of side 1024, fp32
};

// Takes about a second.
MachineSpeed measure_machine();

}  // namespace refract
