// Inpainting: a model fills in the part of a picture that it does not see. No label is given (Zheng and Sun 2019, Sec.
// 4.5 and Fig. 7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "refract/core/progress.h"
#include "refract/model/model.h"

namespace refract {

// Where the codes come from.
enum class Inpainting {
  optimising,  // codes whose decoding agrees with the visible part and that the prior finds likely
  encoding,    // the encoder's codes of the picture, the hidden part of which is filled again and again
};

struct InpaintSettings {
  Inpainting by = Inpainting::optimising;

  // optimising: the codes minimise sum |x - decoded| / scale over the visible values, minus the log-density of the
  // prior (a Laplace likelihood). A block without a prior adds no term. Adam moves the codes, in units of the prior's
  // standard deviations; its rate falls to 0 along a half cosine.
  int64_t steps = 200;  // of Adam; 0: the best start is taken as it is
  double rate = 0.1;    // its first rate
  double scale = 0.1;   // of the likelihood, pixels in [-1, 1]
  int64_t starts = 4;   // so many combinations of classes are optimised, those whose starts are best

  // encoding, and the start of optimising where the model has an encoder: the hidden part is the mean of the visible
  // values at first, then the decoding of the codes; so many times the picture is encoded.
  int64_t rounds = 5;
};

struct Inpainted {
  Tensor filled;   // [N, C, H, W]: the decoding in the hidden part; visible values are exactly those of the picture
  Tensor decoded;  // [N, C, H, W]
  Codes codes;     // [N, size] a block; when optimising, classes are one-hot
};

// "" where a model can, else a sentence that says what it lacks: pictures, a generator, for encoding an encoder.
std::string lacks_inpainting(const Model& model, Inpainting by);

// About how many times as long to fill a picture takes as to decode one.
int64_t decodings_to_fill(const Model& model, const InpaintSettings& settings);

// "optimising" or "encoding"; throws BadInput for another name.
Inpainting inpainting_named(std::string_view name);

// Pictures [N, C, H, W] whose pixels `hidden` [1, H, W] bool the model does not see. What these pixels hold makes no
// difference. Each picture is filled on its own, whatever the others are. The work goes slice by slice, and
// `on_progress` is told how many pictures are done. Throws BadInput: what lacks_inpainting says, pictures or a mask of
// other sizes, codes that are not finite.
Inpainted inpaint(const Model& model, const Tensor& images, const Tensor& hidden, const InpaintSettings& settings = {},
                  const OnProgress& on_progress = {});

// The mean absolute error over the hidden values of each picture: [N], double.
Tensor hidden_error(const Tensor& images, const Tensor& filled, const Tensor& hidden);

}  // namespace refract
