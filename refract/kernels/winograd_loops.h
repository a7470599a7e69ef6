// Winograd's convolution of a few images on the calling thread. Pixels go to points, tile by tile; at each point all
// tiles of a block are a matrix, multiplied with that of the weights; the products go back to pixels.
#pragma once

#include <array>
#include <cstdint>

namespace refract::winograd {

enum class Pass { forward, backward_data, backward_weight };

// Images are [images, height, width, channels] without gaps; channels are multiples of 16.
struct Job {
  Pass pass;
  bool up;                                 // x is up-sampled by 2 before the convolution
  int64_t images, in, out, height, width;  // of x
  const float* x;                          // forward, backward_weight
  const float* gy;                         // backward_data, backward_weight
  const float* weight;                     // packed, see winograd_weights.h
  const float* bias;                       // forward
  float* result;                           // y or gx; or a gradient at the points, [products, in, out]
  float* bias_gradient;
  bool add;                 // to the gradients of weights and bias
  int64_t first_out, outs;  // backward_weight: the channels of gy whose weights' gradients are wanted
};

void run(const Job& job);

}  // namespace refract::winograd
