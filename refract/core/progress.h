// How far long work is, as the library tells it to whoever wants to show it: the library itself prints nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace refract {

struct Progress {
  std::string what;  // as a line begins: "Reading the images in neutral"
  int64_t done;
  int64_t total;
};

// Is called often, from one thread at a time; what it throws ends the work.
using OnProgress = std::function<void(const Progress&)>;

}  // namespace refract
