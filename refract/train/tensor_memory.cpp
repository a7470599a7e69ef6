#include "refract/train/tensor_memory.h"

#include <c10/core/CPUAllocator.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace refract {
namespace {

constexpr size_t kLine = 64;  // LibTorch's alignment; malloc's is 16, which leaves room for an address before the data

void release(void* data) {
  if (data != nullptr) std::free(static_cast<void**>(data)[-1]);
}

void* reserve(size_t bytes) {
  if (bytes == 0) return nullptr;
  if (bytes > PTRDIFF_MAX - kLine) throw std::bad_alloc();
  void* const start = std::malloc(bytes + kLine);
  if (start == nullptr) throw std::bad_alloc();
  void* const data = static_cast<std::byte*>(start) + (kLine - reinterpret_cast<uintptr_t>(start) % kLine);
  static_cast<void**>(data)[-1] = start;
  return data;
}

// allocate() is const in LibTorch 1.13 and not in 2.6, which has copy_data(), too: what this LibTorch declares is
// overridden.
class TensorMemory : public c10::Allocator {
 public:
  // NOLINTNEXTLINE(modernize-use-override)
  [[nodiscard]] virtual c10::DataPtr allocate(size_t bytes) const { return place(bytes); }
  [[nodiscard]] virtual c10::DataPtr allocate(size_t bytes) { return place(bytes); }
  virtual void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }
  // NOLINTNEXTLINE(modernize-use-override)
  [[nodiscard]] virtual c10::DeleterFnPtr raw_deleter() const { return &release; }

 private:
  static c10::DataPtr place(size_t bytes) {
    void* const data = reserve(bytes);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void keep_tensors_in_reusable_places() {
  static TensorMemory memory;
  constexpr uint8_t above_libtorch_own = 1;
  c10::SetCPUAllocator(&memory, above_libtorch_own);
}

}  // namespace refract
