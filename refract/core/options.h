// Options that are described once. A struct binds its fields to names, ranges, units and meanings; the list of
// bindings then serves flags, --help, TOML files, the run directory's record and the documentation's tables.
//
//   struct AdamOptions {
//     double learning_rate = 1e-4;
//     Options describe() {
//       Options o;
//       o.add("learning_rate", learning_rate, "step size of Adam").range(0, 1);
//       return o;
//     }
//   };
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "refract/core/picture_size.h"

namespace refract {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// A choice of an option that stands for values of other options.
struct Preset {
  std::string name;
  std::string meaning;  // one sentence without its full stop
  KeyValues options;
};

using OptionField = std::variant<bool*, int64_t*, double*, std::string*, std::vector<int64_t>*, PictureSize*>;

// One described field. `field` points into the struct that the description came from, which must outlive it.
struct Option {
  std::string name;  // snake_case, unique within a program
  OptionField field;
  std::string meaning;            // one sentence without its full stop
  std::string unit = "";          // "" where there is none
  std::string default_text = "";  // as `text` gave it when the option was added
  double min =
      -std::numeric_limits<double>::infinity();  // inclusive; for numbers, each entry of a list, both sides of a size
  double max = std::numeric_limits<double>::infinity();
  bool is_names = false;                  // a text of names separated by commas: given twice as a flag, it is both
  std::vector<std::string> choices = {};  // for strings: what is allowed; empty allows anything
  std::vector<Preset> presets = {};       // for strings: what some of the choices stand for

  Option& range(double lowest, double highest);
  Option& in(std::string unit_name);
  Option& one_of(std::vector<std::string> allowed);
  Option& of_names();
  Option& of_presets(std::vector<Preset> known);  // allows their names, and "none"

  [[nodiscard]] std::string text() const;  // the value as a flag would give it: 0.5, true, 16,32,64, 96x84
  [[nodiscard]] std::string toml() const;  // the value as TOML: 0.5, true, [16, 32, 64], "digit-style", "96x84"
  // "whole number", "number", "true or false", "text", "list of whole numbers", "size".
  [[nodiscard]] std::string type_name() const;
  [[nodiscard]] std::string allowed() const;  // "0 to 1", "at least 1", "a, b or c"; "" where anything goes
  // Throws BadInput: wrong type, out of range, not a choice. An empty text is an empty list where the default is one.
  void parse(std::string_view text) const;
};

class Options {
 public:
  // Describes `field` under `name`; its present value becomes the default. The reference is for range(), in() and
  // one_of().
  template <class T>
  Option& add(std::string name, T& field, std::string meaning) {
    return add(Option{std::move(name), OptionField{&field}, std::move(meaning)});
  }
  Option& add(Option option);
  void append(const Options& others);

  // Throws BadInput for a key that does not exist, naming the nearest that does. The name of a preset sets nothing
  // else; see with_presets.
  void set(std::string_view key, std::string_view text);
  [[nodiscard]] const Option& at(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const;

  [[nodiscard]] const std::vector<Option>& all() const { return options_; }

 private:
  std::vector<Option> options_;
};

// `pairs`, behind the values that the presets among them stand for: wherever they stand, values that are given win over
// those of a preset. Of one option's presets the last counts. Throws BadInput for a preset that does not exist.
KeyValues with_presets(const Options& options, const KeyValues& pairs);

// "key=value" to its parts. Throws BadInput where there is no '='.
std::pair<std::string, std::string> split_assignment(std::string_view text);

// The flat keys of a TOML file, values as Option::parse reads them; a list in brackets: "[16,32]". Throws BadInput:
// unreadable, not TOML, beyond the bounds of core/nesting.h, a key that stands twice, a table, a date, or a list of
// something else than numbers.
KeyValues read_toml(const std::filesystem::path& file);

// One "key = value" line for each option, in order.
std::string to_toml(const Options& options);

}  // namespace refract
