#include "refract/data/overlap.h"

#include <fmt/format.h>

#include <map>

#include "refract/core/errors.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

bool lies_in(const fs::path& inner, const fs::path& outer) {
  std::error_code ignored;
  const fs::path way = fs::canonical(inner, ignored).lexically_relative(fs::canonical(outer, ignored));
  return !way.empty() && *way.begin() != "..";
}

std::string nesting(const fs::path& unlabelled, const fs::path& reference) {
  if (lies_in(reference, unlabelled))
    return "The reference folder lies in the unlabelled one, so its images are in both sets. ";
  if (lies_in(unlabelled, reference))
    return "The unlabelled folder lies in the reference folder, so its images are in both sets. ";
  return "";
}

}  // namespace

void refuse_same_folder(const fs::path& unlabelled, const fs::path& reference) {
  std::error_code ignored;
  if (!fs::equivalent(unlabelled, reference, ignored)) return;
  throw BadInput(fmt::format(
      "Reading image folders: expected two sets, found the same folder twice, as --unlabelled {} and --reference {}. "
      "Give --reference a folder of images in which the factors of interest are absent or constant.",
      unlabelled.string(), reference.string()));
}

std::string overlap_note(const FolderOfImages& unlabelled, const FolderOfImages& reference) {
  std::map<std::string, size_t> known;  // checksum to the first unlabelled file that has it
  const auto& sums = unlabelled.images.checksums();
  for (size_t i = 0; i < sums.size(); ++i) known.emplace(sums[i], i);
  size_t alike = 0;
  std::string first;
  const auto& others = reference.images.checksums();
  for (size_t i = 0; i < others.size(); ++i) {
    const auto found = known.find(others[i]);
    if (found == known.end() || alike++ > 0) continue;
    first = fmt::format("{} and {}", reference.images.files()[i].string(),
                        unlabelled.images.files()[found->second].string());
  }
  if (alike == 0) return "";
  return fmt::format(
      "{}{} of the {} reference images {} among the unlabelled, byte for byte, such as {}. Images in both sets tell "
      "nothing about the difference between the sets. Remove them from one set, unless this is intended.",
      nesting(unlabelled.path, reference.path), alike, others.size(), alike == 1 ? "is" : "are", first);
}

}  // namespace refract
