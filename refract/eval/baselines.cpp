#include "refract/eval/baselines.h"

#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include "refract/eval/features.h"

namespace refract {
namespace {

constexpr int64_t kMostRead = 1'024;

bool is_wide(const Space& space) {
  return !space.is_picture() && space.numel() > kMostRead;
}

Baseline raw_baseline(const Space& space, const std::function<Tensor()>& some) {
  if (!is_wide(space)) return {raw_row(space), [space](const Tensor& x) { return raw_values(space, x).to(at::kCPU); }};
  const Tensor columns = std::get<1>(raw_values(space, some()).var(0, /*unbiased=*/false).topk(kMostRead));
  return {raw_row(space),
          [space, columns](const Tensor& x) { return raw_values(space, x).index_select(1, columns).to(at::kCPU); }};
}

}  // namespace

std::string raw_row(const Space& space) {
  return space.is_picture() ? "raw pixels" : "raw values";
}

std::vector<Baseline> baselines_of(const Space& space, const Model* untrained, const std::function<Tensor()>& some) {
  std::vector<Baseline> all;
  if (untrained != nullptr)
    all.push_back(
        {untrained_row, [untrained](const Tensor& x) { return at::cat(encode_all(*untrained, x), 1).to(at::kCPU); }});
  all.push_back(raw_baseline(space, some));
  return all;
}

std::string untrained_protocol(const Model* untrained) {
  return untrained == nullptr ? "" : "Untrained encoder: all codes of the same networks before training. ";
}

std::string raw_protocol(const Space& space) {
  if (space.is_picture() && space.longer_side() > kRawSide) return fmt::format(", averaged to {0}x{0}", kRawSide);
  return is_wide(space) ? fmt::format(" in the {} columns that vary most", kMostRead) : "";
}

}  // namespace refract
