#include "app/codes_file.h"

#include <ATen/ops/_unique.h>
#include <fmt/format.h>

#include <set>

#include "refract/core/about.h"
#include "refract/core/errors.h"
#include "refract/core/npz_file.h"

namespace refract {
namespace {

using Path = std::filesystem::path;

constexpr const char* wanted = "`codes` [N, D] and `factors` [N, K], N images each";

std::vector<std::string> names_in(const Path& file, int64_t count) {
  std::vector<std::string> names = read_npz_texts(file, "factor_names");
  if (!names.empty() && std::ssize(names) != count)
    throw BadInput(fmt::format("Reading {}: expected a name for each of the {} factors in `factor_names`, found {}.",
                               file.string(), count, names.size()));
  for (int64_t k = std::ssize(names); k < count; ++k) names.push_back(fmt::format("factor {}", k + 1));
  return names;
}

// 0, for real-valued, or the number of values of a column of whole numbers.
std::vector<int64_t> sizes_of(const Tensor& factors) {
  std::vector<int64_t> sizes;
  for (int64_t k = 0; k < factors.size(1); ++k) {
    const Tensor column = factors.select(1, k);
    const bool whole = column.eq(column.round()).all().item<bool>();
    sizes.push_back(whole ? std::get<0>(at::_unique(column)).numel() : 0);
  }
  return sizes;
}

Representation read_one(const Path& file, const std::string& name) {
  const NpzArrays arrays = read_npz(file, {"codes", "factors"});
  const Tensor codes = arrays.at("codes");
  const Tensor factors = arrays.at("factors").to(at::kDouble);
  if (codes.dim() != 2 || factors.dim() != 2 || codes.size(0) != factors.size(0))
    throw BadInput(fmt::format("Reading {}: expected {}, found [{}] and [{}].", file.string(), wanted,
                               fmt::join(codes.sizes(), ", "), fmt::join(factors.sizes(), ", ")));
  try {
    return representation(name, codes, factors_of(names_in(file, factors.size(1)), factors, sizes_of(factors)));
  } catch (const BadInput& error) {
    throw BadInput(about(file, error.what()));
  }
}

std::vector<std::string> row_names(const std::vector<Path>& files) {
  std::vector<std::string> names;
  std::set<std::string> different;
  for (const Path& file : files) different.insert(names.emplace_back(file.stem().string()));
  if (different.size() == files.size()) return names;
  for (size_t i = 0; i < files.size(); ++i) names[i] = files[i].string();
  return names;
}

}  // namespace

std::vector<Representation> read_codes(const std::vector<Path>& files) {
  const std::vector<std::string> names = row_names(files);
  std::vector<Representation> models;
  for (size_t i = 0; i < files.size(); ++i) {
    models.push_back(read_one(files[i], names[i]));
    if (!models[i].factors.values.equal(models[0].factors.values))
      throw BadInput(
          fmt::format("Reading {}: expected the factors of {}, since the files are to hold codes of the same images in "
                      "the same order, found others.",
                      files[i].string(), files[0].string()));
    models[i].factors = models[0].factors;
  }
  return models;
}

}  // namespace refract
