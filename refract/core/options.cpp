#include "refract/core/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>
#include <toml.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/nesting.h"
#include "refract/core/text.h"

namespace refract {
namespace {

std::string number_text(double value) {
  return fmt::format("{}", value);
}

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// A whole number may be written as 3e4: nobody should count zeros.
bool read_whole(std::string_view text, int64_t& value) {
  if (read_number(text, value)) return true;
  double real = 0;
  if (!read_number(text, real) || real != std::floor(real) || std::abs(real) > 9e15) return false;
  value = static_cast<int64_t>(real);
  return true;
}

// "4,8", or as TOML has it: "[4,8]", "[]".
bool read_list(std::string_view text, std::vector<int64_t>& values) {
  values.clear();
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  while (true) {
    const size_t comma = text.find(',');
    if (!read_whole(text.substr(0, comma), values.emplace_back())) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool read_bool(std::string_view text, bool& value) {
  value = text == "true" || text == "1" || text == "yes" || text == "on";
  return value || text == "false" || text == "0" || text == "no" || text == "off";
}

template <class T>
bool read(std::string_view text, T& value) {
  if constexpr (std::is_same_v<T, bool>) return read_bool(text, value);
  if constexpr (std::is_same_v<T, int64_t>) return read_whole(text, value);
  if constexpr (std::is_same_v<T, double>) return read_number(text, value) && std::isfinite(value);
  if constexpr (std::is_same_v<T, std::vector<int64_t>>) return read_list(text, value);
  if constexpr (std::is_same_v<T, PictureSize>) return read_size(text, value);
  if constexpr (std::is_same_v<T, std::string>) value = text;
  return true;
}

template <class T>
bool within(const Option& option, const T& value) {
  const auto inside = [&](double v) { return v >= option.min && v <= option.max; };
  if constexpr (std::is_same_v<T, std::string>)
    return option.choices.empty() || std::count(option.choices.begin(), option.choices.end(), value) > 0;
  else if constexpr (std::is_same_v<T, std::vector<int64_t>>)
    return std::all_of(value.begin(), value.end(), [&](int64_t v) { return inside(static_cast<double>(v)); });
  else if constexpr (std::is_same_v<T, PictureSize>)
    return inside(static_cast<double>(value.width)) && inside(static_cast<double>(value.height));
  else if constexpr (std::is_same_v<T, bool>)
    return true;
  else
    return inside(static_cast<double>(value));
}

// toml11 reads a whole number beyond 64 bits as the last one within.
std::string integer_text(int64_t value) {
  using Limits = std::numeric_limits<int64_t>;
  return value == Limits::max() || value == Limits::min() ? "a number beyond 64 bits" : std::to_string(value);
}

std::string scalar_text(const toml::value& value) {
  if (value.is_boolean()) return value.as_boolean() ? "true" : "false";
  if (value.is_integer()) return integer_text(value.as_integer());
  if (value.is_floating()) return number_text(value.as_floating());
  return value.as_string().str;
}

// In brackets, so that a list is never taken for the number in it.
std::string list_text(const toml::array& values, const std::string& key, const std::filesystem::path& file) {
  std::vector<std::string> parts;
  for (const toml::value& value : values) {
    if (!value.is_integer() && !value.is_floating())
      throw BadInput(
          fmt::format("Reading {}: expected whole numbers in the list '{}', as in `{} = [16, 32]`; found "
                      "something else in it.",
                      file.string(), key, key));
    parts.push_back(scalar_text(value));
  }
  return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string toml_text(const toml::value& value, const std::string& key, const std::filesystem::path& file) {
  if (value.is_array()) return list_text(value.as_array(), key, file);
  if (value.is_boolean() || value.is_integer() || value.is_floating() || value.is_string()) return scalar_text(value);
  throw BadInput(
      fmt::format("Reading {}: '{}' is a table or a date; options are flat 'key = value' lines.", file.string(), key));
}

// What parse expects of the option.
std::string expected_type(const Option& option) {
  if (std::holds_alternative<PictureSize*>(option.field))
    return "size, such as 64 for a square or 96x84 for width x height";
  return option.type_name();
}

[[noreturn]] void refuse_toml(const std::filesystem::path& file, const toml::exception& error) {
  const bool twice = std::string_view(error.what()).find("already") != std::string_view::npos;
  throw BadInput(fmt::format("Reading {}, line {}: expected options as in `steps = 2000` (TOML){}, found '{}'.",
                             file.string(), error.location().line(), twice ? ", each of them once" : "",
                             error.location().line_str()));
}

}  // namespace

Option& Option::range(double lowest, double highest) {
  min = lowest;
  max = highest;
  return *this;
}

Option& Option::in(std::string unit_name) {
  unit = std::move(unit_name);
  return *this;
}

Option& Option::one_of(std::vector<std::string> allowed) {
  choices = std::move(allowed);
  return *this;
}

Option& Option::of_names() {
  is_names = true;
  return *this;
}

Option& Option::of_presets(std::vector<Preset> known) {
  presets = std::move(known);
  choices = {"none"};
  for (const Preset& preset : presets) choices.push_back(preset.name);
  return *this;
}

std::string Option::text() const {
  return std::visit(
      [](const auto* value) -> std::string {
        using T = std::decay_t<decltype(*value)>;
        if constexpr (std::is_same_v<T, std::string>) return *value;
        if constexpr (std::is_same_v<T, std::vector<int64_t>>) return fmt::format("{}", fmt::join(*value, ","));
        if constexpr (std::is_same_v<T, PictureSize>)
          return text_of(*value);
        else
          return fmt::format("{}", *value);
      },
      field);
}

std::string Option::toml() const {
  const auto* size = std::get_if<PictureSize*>(&field);
  if (size != nullptr && (*size)->width != (*size)->height) return fmt::format("\"{}\"", text());
  if (std::holds_alternative<std::string*>(field)) return toml::format(toml::value(text()));
  if (const auto* list = std::get_if<std::vector<int64_t>*>(&field))
    return fmt::format("[{}]", fmt::join(**list, ", "));
  return text();
}

std::string Option::type_name() const {
  static const std::vector<std::string> names = {"true or false", "whole number",          "number",
                                                 "text",          "list of whole numbers", "size"};
  return names.at(field.index());
}

std::string Option::allowed() const {
  if (!choices.empty()) return fmt::format("{}", fmt::join(choices, ", "));
  if (std::isfinite(min) && std::isfinite(max)) return fmt::format("{} to {}", min, max);
  if (std::isfinite(min)) return fmt::format("at least {}", min);
  if (std::isfinite(max)) return fmt::format("at most {}", max);
  return "";
}

void Option::parse(std::string_view text) const {
  auto* const* list = std::get_if<std::vector<int64_t>*>(&field);
  if (list != nullptr && (text.empty() || text == "[]") && default_text.empty()) return (*list)->clear();
  std::visit(
      [&](auto* target) {
        auto value = *target;
        if (!read(text, value))
          throw BadInput(fmt::format("Option {}: expected a {}, found '{}'.", name, expected_type(*this), text));
        if (!within(*this, value))
          throw BadInput(fmt::format("Option {}: expected {}, found '{}'.", name, allowed(), text));
        *target = std::move(value);
      },
      field);
}

Option& Options::add(Option option) {
  if (has(option.name))
    throw Error(fmt::format("Option {} is described twice: a mistake in the program.", option.name));
  option.default_text = option.text();
  return options_.emplace_back(std::move(option));
}

void Options::append(const Options& others) {
  for (const Option& option : others.options_) add(option);
}

bool Options::has(std::string_view key) const {
  return std::any_of(options_.begin(), options_.end(), [&](const Option& o) { return o.name == key; });
}

const Option& Options::at(std::string_view key) const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    if (option.name == key) return option;
    names.push_back(option.name);
  }
  refuse_name("option", key, names);
}

void Options::set(std::string_view key, std::string_view text) {
  at(key).parse(text);
}

KeyValues with_presets(const Options& options, const KeyValues& pairs) {
  KeyValues all;
  for (const Option& option : options.all()) {
    if (option.presets.empty()) continue;
    const auto given =
        std::find_if(pairs.rbegin(), pairs.rend(), [&](const auto& p) { return p.first == option.name; });
    if (given == pairs.rend() || given->second == "none") continue;
    const KeyValues& preset = named(option.presets, "preset", given->second).options;
    all.insert(all.end(), preset.begin(), preset.end());
  }
  all.insert(all.end(), pairs.begin(), pairs.end());
  return all;
}

std::pair<std::string, std::string> split_assignment(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw BadInput(fmt::format("Reading '{}': expected key=value, as in --set steps=2000.", text));
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

KeyValues read_toml(const std::filesystem::path& file) {
  const std::string content = read_file(file, most_toml_bytes);
  check_toml_bounds(content, file.string());
  std::istringstream text(content);
  KeyValues pairs;
  try {
    const toml::value document = toml::parse(text, file.string());
    for (const auto& [key, value] : document.as_table()) pairs.emplace_back(key, toml_text(value, key, file));
  } catch (const toml::exception& error) {
    refuse_toml(file, error);
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

std::string to_toml(const Options& options) {
  std::string lines;
  for (const Option& option : options.all()) lines += fmt::format("{} = {}\n", option.name, option.toml());
  return lines;
}

}  // namespace refract
