// Codes and ground-truth factors from NumPy archives.
#pragma once

#include <filesystem>
#include <vector>

#include "refract/eval/representation.h"

namespace refract {

// One representation a file, named as the file without its folder and ending where that is unique, and as given
// elsewhere. Each has the arrays `codes` [N, D] and `factors` [N, K], real numbers, and may have `factor_names`, K
// texts; a factor whose values are all whole numbers is discrete. Several files are of the same images. Throws
// BadInput, naming the file: as read_npz and representation do, for other shapes, and for factors that are not those of
// the first file.
std::vector<Representation> read_codes(const std::vector<std::filesystem::path>& files);

}  // namespace refract
