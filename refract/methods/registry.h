// The methods that `refract train NAME` knows, one row each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/methods/method.h"

namespace refract {

// Options, and what builds the method from their values. The function owns the struct that the options describe.
// Weights are drawn from LibTorch's default generator: seed it first.
struct MethodRecipe {
  Options options;
  std::function<std::unique_ptr<Method>(const Space&)> make;
};

struct MethodEntry {
  std::string name;     // as typed
  std::string summary;  // one sentence
  std::string source;   // paper, section
  MethodRecipe (*recipe)();
};

const std::vector<MethodEntry>& methods();

// Throws BadInput for an unknown name, naming the nearest.
const MethodEntry& method(std::string_view name);

}  // namespace refract
