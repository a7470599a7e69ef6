#include "refract/eval/selection.h"

#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/eval/features.h"
#include "refract/eval/linear.h"

namespace refract {

double probe_error_within_fit(const Model& model, const DataSource& data, const std::string& features) {
  const int64_t count = data.count(Split::fit);
  const int64_t fitted = count * 3 / 4;
  if (data.info().factors.empty() || fitted < 2 || fitted == count)
    throw BadInput(
        fmt::format("Choosing by the fitting split of {}: expected factors and at least 4 images, found {} "
                    "factors and {} images.",
                    data.info().name, data.info().factors.size(), count));
  const Tensor codes = split_codes(model, data, Split::fit).at(block_named(model, features));
  const Tensor truth = data.factors(Split::fit, all_indices(count)).to(at::kCPU, at::kDouble);
  const LinearMap map = fit_least_squares(codes.slice(0, 0, fitted), truth.slice(0, 0, fitted));
  return (map(codes.slice(0, fitted)) - truth.slice(0, fitted)).abs().mean().item<double>();
}

}  // namespace refract
