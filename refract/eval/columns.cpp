#include "refract/eval/columns.h"

namespace refract {

Tensor constant_columns(const Tensor& values) {
  const Tensor width = values.amax(0) - values.amin(0);
  return width.le(values.abs().amax(0) * kRounding);
}

}  // namespace refract
