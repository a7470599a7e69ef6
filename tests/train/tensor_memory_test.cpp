#include "refract/train/tensor_memory.h"

#include <ATen/ops/empty.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {
namespace {

constexpr int64_t kMiB = 1 << 20;

// Tensors of a few sizes come and go as in a step, the first kept the longest, and small objects of other code among
// them. Returns by how much the heap grew, in bytes, beside the most that tensors took at a time.
std::array<int64_t, 2> growth_of_steps() {
  const auto arena = [] { return static_cast<int64_t>(::mallinfo2().arena); };
  const int64_t before = arena();
  int64_t most = 0;
  for (int step = 0; step < 20; ++step) {
    std::vector<Tensor> kept;
    std::vector<std::string> small;
    int64_t live = 0;
    for (const int64_t size : {9, 4, 2, 1, 2, 4, 9}) {
      kept.push_back(at::empty({size * kMiB}, at::kByte));
      const Tensor passing = at::empty({size * kMiB / 2}, at::kByte);
      live += size * kMiB;
      most = std::max(most, live + size * kMiB / 2);
      for (size_t n = 24; n < 256; n += 8) small.emplace_back(n, ' ');
    }
    while (!kept.empty()) {
      kept.pop_back();
      const Tensor gradient = at::empty({(static_cast<int64_t>(kept.size()) % 3 + 1) * kMiB}, at::kByte);
      small.emplace_back(64, ' ');
    }
  }
  return {arena() - before, most};
}

// Set for good: other tests of this program may run after it.
class TensorMemory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as set_up_machine does
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    keep_tensors_in_reusable_places();
  }
};

TEST_F(TensorMemory, BeginsAtCacheLinesAndHoldsWhatIsWritten) {
  std::vector<Tensor> all;
  for (const int64_t bytes : {1, 15, 16, 17, 64, 100, 4096, 100'000}) {
    all.push_back(at::empty({bytes}, at::kByte));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(all.back().data_ptr()) % 64, 0) << bytes;
    all.back().fill_(bytes % 251);
  }
  for (const Tensor& tensor : all) EXPECT_TRUE(tensor.eq(tensor.numel() % 251).all().item<bool>());
  EXPECT_EQ(at::empty({0}).data_ptr(), nullptr);
}

TEST_F(TensorMemory, ServesLibTorchsRawInterface) {
  c10::Allocator* const memory = c10::GetCPUAllocator();
  void* const data = memory->raw_allocate(1000);
  std::memset(data, 1, 1000);
  memory->raw_deallocate(data);
}

TEST_F(TensorMemory, SaysWhenThereIsNone) {
  EXPECT_THROW(c10::GetCPUAllocator()->allocate(SIZE_MAX - 8), std::bad_alloc);
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "The address sanitizer ends the program where malloc finds nothing.";
#endif
  EXPECT_THROW(c10::GetCPUAllocator()->allocate(size_t{1} << 60), std::bad_alloc);
}

TEST_F(TensorMemory, WhatAStepFreesServesTheNext) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "The address sanitizer has a heap of its own.";
#endif
  const auto [grew, most] = growth_of_steps();
  EXPECT_LT(static_cast<double>(grew), 1.05 * static_cast<double>(most)) << most;
}

}  // namespace
}  // namespace refract
