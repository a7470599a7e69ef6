// What people call the classes of a model.
#pragma once

#include <string>
#include <vector>

#include "refract/model/model.h"

namespace refract {

// A value of an attribute: "person 12", "hair black". The classes of a data set that names no attribute need none:
// "cat", but "class 3".
std::string value_name(const Attribute& attribute, size_t value);

// Class `index` of a category, as data with these attributes (attributes_of) name it; "c = 3" where the model found its
// classes itself, and where it has another number of them than the data.
std::string class_name(const Block& category, int64_t index, const std::vector<Attribute>& attributes);

}  // namespace refract
