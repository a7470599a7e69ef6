// Figures of several models beside each other.
#pragma once

#include <string>
#include <vector>

#include "refract/figures/figure.h"

namespace refract {

struct NamedFigure {
  std::string name;  // stands above it: of the run or method
  Figure figure;
};

// One figure from left to right, each under its name. Title and caption are those of the first; animations run
// together, the shorter ones again from their start. Throws BadInput where there is none, or one has no frames.
Figure beside(const std::vector<NamedFigure>& parts);

}  // namespace refract
