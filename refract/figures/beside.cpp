#include "refract/figures/beside.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"

namespace refract {
namespace {

constexpr int64_t kGap = 16;

}  // namespace

Figure beside(const std::vector<NamedFigure>& parts) {
  if (parts.empty()) throw BadInput("Putting figures beside each other: there is none.");
  int64_t height = 0, width = -kGap;
  size_t frames = 0;
  for (const auto& [name, figure] : parts) {
    if (figure.frames.empty())
      throw BadInput(fmt::format("Putting figures beside each other: that of {} has no frames.", name));
    height = std::max(height, figure.frames[0].size(1));
    width += figure.frames[0].size(2) + kGap;
    frames = std::max(frames, figure.frames.size());
  }
  Figure together{parts[0].figure.name, parts[0].figure.title, parts[0].figure.caption, {}};
  for (size_t i = 0; i < frames; ++i) {
    Canvas canvas(height + kHeadingHeight, width);
    int64_t left = 0;
    for (const auto& [name, figure] : parts) {
      const Tensor& frame = figure.frames[i % figure.frames.size()];
      canvas.write(fitted_text(name, kHeadingHeight, frame.size(2)), kHeadingHeight, 0, left);
      canvas.paste(frame, kHeadingHeight, left);
      left += frame.size(2) + kGap;
    }
    together.frames.push_back(canvas.frame());
  }
  return together;
}

}  // namespace refract
