// Text in NumPy's archives.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "refract/core/npy_header.h"

namespace refract {

// Whether the array holds strings: NumPy's <U and |S.
bool is_npz_text(const NpyHeader& header);

// An array of strings (NumPy's <U and |S) in one or two dimensions, row by row, as UTF-8; nothing where there is none
// of that name. Throws BadInput for a bad file, for an array of another kind, and for more than 10,000,000 texts or a
// quarter of most_npz_bytes.
std::vector<std::string> read_npz_texts(const std::filesystem::path& file, const std::string& name);

}  // namespace refract
