#include "refract/data/found.h"

#include <ATen/ops/bincount.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/data/files/ignored_files.h"

namespace refract {
namespace {

constexpr size_t kMostNamed = 8;

// "happy 320, surprise 320", or "10 classes of 5421 to 6742"; "" without classes.
std::string classes_text(const DataSource& source) {
  const std::vector<std::string>& names = source.info().classes;
  const int64_t count = source.count(Split::unlabelled);
  if (names.empty() || count == 0) return "";
  const Tensor sizes =
      at::bincount(source.labels(Split::unlabelled, all_indices(count)), {}, static_cast<int64_t>(names.size()));
  if (names.size() > kMostNamed)
    return fmt::format("{} classes of {} to {}", names.size(), sizes.min().item<int64_t>(),
                       sizes.max().item<int64_t>());
  std::vector<std::string> parts;
  for (size_t c = 0; c < names.size(); ++c)
    parts.push_back(fmt::format("{} {}", names[c], sizes[static_cast<int64_t>(c)].item<int64_t>()));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string found_text(const DataSource& source) {
  const std::string classes = classes_text(source), ignored = ignored_text(source.info().ignored);
  std::string text = fmt::format("Data: {} unlabelled", source.count(Split::unlabelled));
  if (!classes.empty()) text += fmt::format(" ({})", classes);
  if (const int64_t reference = source.count(Split::reference); reference > 0)
    text += fmt::format(", {} reference", reference);
  const int64_t fit = source.count(Split::fit), score = source.count(Split::score);
  if (fit + score > 0) text += fmt::format(", {} that fit and {} that score the probes", fit, score);
  const int64_t held_out = source.count(Split::reference_fit) + source.count(Split::reference_score);
  if (held_out > 0) text += fmt::format(", {} references held out", held_out);
  return text + (ignored.empty() ? "." : fmt::format("; {}.", ignored));
}

}  // namespace refract
