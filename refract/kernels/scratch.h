// Reusable buffers for intermediate results.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace refract {

enum class Scratch {
  pre_activation,  // the output of a convolution, or its gradient
  recomputed,      // y before pooling, computed again in the backward pass
  left,            // an operand or result of matrix products: transformed tiles, patches, rows
  right,           // the other one
  padded,          // an image with a border of zeros
  discarded,       // what is written outside an image
  zeros,           // what is read outside an image; never written
  count
};

// A buffer of `floats` floats that belongs to the calling thread and lives as long as it does. It begins at a cache
// line, because vector loads that cross lines take twice as long. A larger request moves the buffer and fills the new
// part with zeros.
inline float* scratch(Scratch use, int64_t floats) {
  struct alignas(64) Line {
    std::array<float, 16> floats;
  };
  thread_local std::array<std::vector<Line>, static_cast<size_t>(Scratch::count)> buffers;
  std::vector<Line>& buffer = buffers.at(static_cast<size_t>(use));
  const auto lines = static_cast<size_t>(floats / 16 + 1);
  if (buffer.size() < lines) buffer.resize(lines);
  return buffer.front().floats.data();
}

}  // namespace refract
