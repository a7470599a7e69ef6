#include "refract/model/class_names.h"

#include <fmt/format.h>

namespace refract {

std::string value_name(const Attribute& attribute, size_t value) {
  const std::string& name = attribute.values.at(value);
  const bool number = name.find_first_not_of("0123456789+-.") == std::string::npos;
  return attribute.name == class_attribute && !number ? name : fmt::format("{} {}", attribute.name, name);
}

std::string class_name(const Block& category, int64_t index, const std::vector<Attribute>& attributes) {
  if (category.attribute && *category.attribute < attributes.size()) {
    const Attribute& attribute = attributes[*category.attribute];
    if (std::ssize(attribute.values) == category.size) return value_name(attribute, static_cast<size_t>(index));
  }
  return fmt::format("{} = {}", category.name, index);
}

}  // namespace refract
