// NumPy's types in sentences: what values are, and how to save those that cannot be read.
#pragma once

#include <string>
#include <string_view>

namespace refract {

// Of a type as an archive names it: "numbers", "text"; "Python objects", "big-endian values", "complex numbers", "dates
// or times", "structured values" and "values of NumPy's type '<f16'" for those that cannot be read.
std::string npz_values(std::string_view type);

// A sentence with what to do before values are saved that cannot be read; "" for numbers and text.
std::string npz_advice(std::string_view type);

}  // namespace refract
