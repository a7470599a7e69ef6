#include "refract/data/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

#include "refract/core/errors.h"

namespace refract {

namespace {

constexpr std::array<std::pair<Fit, std::string_view>, 3> kFits = {
    {{Fit::crop, "crop"}, {Fit::pad, "pad"}, {Fit::stretch, "stretch"}}};
constexpr std::array<std::pair<Values, std::string_view>, 3> kValues = {
    {{Values::pixels, "pixels"}, {Values::real, "real"}, {Values::counts, "counts"}}};

template <class Named, class Wanted>
std::string_view name_in(const Named& all, Wanted wanted) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == wanted; });
  return found->second;
}

template <class Named>
auto named_in(const Named& all, std::string_view what, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.second == name; });
  if (found != all.end()) return found->first;
  throw BadInput(fmt::format("Reading {}: expected {}, {} or {}, found '{}'.", what, all[0].second, all[1].second,
                             all[2].second, name));
}

}  // namespace

std::string_view name_of(Fit fit) {
  return name_in(kFits, fit);
}

std::string_view name_of(Values values) {
  return name_in(kValues, values);
}

Fit fit_named(std::string_view name) {
  return named_in(kFits, "how pictures are fitted", name);
}

Values values_named(std::string_view name) {
  return named_in(kValues, "the kind of values", name);
}

int64_t Space::numel() const {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

std::vector<int64_t> Space::batch(int64_t count) const {
  std::vector<int64_t> all = {count};
  all.insert(all.end(), sizes.begin(), sizes.end());
  return all;
}

std::string text_of(const Space& space) {
  if (!space.is_picture())
    return fmt::format("rows of {} {}", space.width(), space.values == Values::counts ? "counts" : "numbers");
  return fmt::format("{} x {} pixels, {} channel{}", space.width(), space.height(), space.channels(),
                     space.channels() == 1 ? "" : "s");
}

}  // namespace refract
