// Winograd's convolution of a few images on the calling thread, for one block of tiles at a time:
//
//   pass                       left operand                   right operand             result
//   forward                    V of x   [36, tiles, in]       U, packed [36, in, out]   M [36, tiles, out], to y
//   backward_data              V of gy  [36, tiles, out]      U, packed [36, out, in]   M [36, tiles, in], to gx
//   backward_weight            V of x   [36, in, tiles]       W of gy [36, tiles, out]  gradient [36, in, out]
//   forward, up-sampled        V of x   [16, tiles, in]       U, packed [25, in, out]   M [25, tiles, out], to y
//   backward_data, up-sampled  V of gy  [25, tiles, out]      U, packed [25, out, in]   M [16, tiles, in], to gx
//   backward_weight, up-s.     V of x   [16, in, tiles]       W of gy [25, tiles, out]  gradient [25, in, out]
//
// The first axis is the point, or the product where the table has 25 of them: product k multiplies the matrices of a
// left and a right point, see ProductIndices. backward_weight reads V, [points, tiles, in], as its transpose. Its sums
// run over tiles, and blocks of tiles add up in `result`.
//
// What a tile covers, along one dimension (o: outside the image in the first tile):
//
//   y or gy   |0 1 2 3|4 5 6 7|             4 pixels, in both dimensions 4x4
//   x       o  0 1 2 3 4                    its window: 6 pixels, of which the next window shares 2
//   x       o   0   1   2                   its window if x is up-sampled: 4 pixels, o 0 0 1 1 2 after up-sampling
//   gx          0   1                       its tile of gx if x is up-sampled: 2 pixels. If not: 4, as for y
#pragma once

#include <array>
#include <cstdint>

namespace refract::winograd {

enum class Pass { forward, backward_data, backward_weight };

// Images are [images, height, width, channels], contiguous. Channels are multiples of 16.
struct Job {
  Pass pass;
  bool up_sampled;                                           // x is up-sampled by 2 before the convolution
  int64_t images, in_channels, out_channels, height, width;  // of x
  const float* x;                                            // forward, backward_weight
  const float* gy;                                           // backward_data, backward_weight
  const float* weight;                                       // packed, see winograd_weights.h
  const float* bias;                                         // forward
  float* result;  // y; or gx; or the gradient of U, [products, in, out], product_stride() apart
  float* bias_gradient;
  bool accumulate;                               // to the gradients of weights and bias, instead of overwriting them
  int64_t first_out_channel, out_channel_count;  // backward_weight: only these channels of gy
};

void run(const Job& job);

}  // namespace refract::winograd
