// The GIF89a format, through giflib. What is read here was written here: transparent colours are not looked at.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

struct GifFileType;

namespace refract {

struct Animation {
  std::vector<Tensor> frames;         // [3, H, W] uint8 each, as a viewer shows them
  std::vector<int64_t> milliseconds;  // for which each is shown
};

// Each frame goes through `keep`, where there is one: to be kept smaller. Throws BadInput, naming `origin`, where the
// bytes are no whole GIF file.
Animation read_gif(const std::string& bytes, const std::string& origin,
                   const std::function<Tensor(const Tensor&)>& keep = {});

class GifFile {
 public:
  // At most 65535 x 65535 pixels and 256 colours. Throws Error where giflib refuses.
  GifFile(int64_t height, int64_t width, const std::vector<std::array<uint8_t, 3>>& colours);

  // Appends a frame of colour indices [H, W] uint8, shown for `delay` hundredths of a second. Only the rectangle that
  // differs from the frame before is stored.
  void add(const Tensor& indices, int64_t delay);

  // The finished file. Nothing can be added afterwards.
  std::string bytes();

 private:
  struct Close {
    void operator()(GifFileType* file) const;
  };
  void expect(int result) const;

  std::unique_ptr<std::string> bytes_;  // at a fixed address: giflib's callback writes here
  std::unique_ptr<GifFileType, Close> file_;
  Tensor before_;
};

}  // namespace refract
