// Memory for intermediate results.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace refract {

enum class Scratch { raw, again, left, right, padded, outside, zeros, count };

// Of the calling thread, kept for its life: `floats` of them at the start of a line of the cache, since vectors that
// cross lines take twice as long. A larger request moves what was there; what is new is 0.
inline float* scratch(Scratch use, int64_t floats) {
  struct alignas(64) Line {
    std::array<float, 16> floats;
  };
  thread_local std::array<std::vector<Line>, static_cast<size_t>(Scratch::count)> of_thread;
  std::vector<Line>& found = of_thread.at(static_cast<size_t>(use));
  const auto lines = static_cast<size_t>(floats / 16 + 1);
  if (found.size() < lines) found.resize(lines);
  return found.front().floats.data();
}

}  // namespace refract
