// DataSource: all that training and evaluation know of a data set.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/space.h"

namespace refract {

enum class Set { unlabelled, reference };
enum class Part { train, fit, score };

// What is asked of a set: the part that trains a model, or one of the two that are held out, to fit and to score probes
// (Ruiz et al. 2019, Sec. 5.3).
struct Split {
  Set set = Set::unlabelled;
  Part part = Part::train;

  // The four that every table of a paper is made from. Most data sets hold out no references.
  static const Split unlabelled, reference, fit, score;
  static const Split reference_fit, reference_score;

  auto operator<=>(const Split&) const = default;
};
inline constexpr Split Split::unlabelled = {Set::unlabelled, Part::train};
inline constexpr Split Split::reference = {Set::reference, Part::train};
inline constexpr Split Split::fit = {Set::unlabelled, Part::fit};
inline constexpr Split Split::score = {Set::unlabelled, Part::score};
inline constexpr Split Split::reference_fit = {Set::reference, Part::fit};
inline constexpr Split Split::reference_score = {Set::reference, Part::score};

// All of them, in an order that stays: what is drawn for a split depends on its place.
inline constexpr std::array<Split, 6> all_splits = {Split::unlabelled, Split::reference,     Split::fit,
                                                    Split::score,      Split::reference_fit, Split::reference_score};
size_t place_of(Split split);  // in all_splits
std::string_view name_of(Split split);

// Something that examples are labelled with: the digit, the colour of the hair.
struct Attribute {
  std::string name;
  std::vector<std::string> values;  // names, in the order of their numbers
  // It names a thing, such as a character or a toy, of which the examples of a pair are two views. Its values may be
  // new in the held-out parts.
  bool identity = false;

  bool operator==(const Attribute&) const = default;
};

// Of the rows of a table. An example's value is (value in the table - centre) / scale, column by column; both are empty
// for counts, which stay as they are.
struct TableColumns {
  std::vector<std::string> names;  // empty for pictures
  std::vector<double> centre, scale;
  std::vector<float> fill;  // in the table's units: what stands for a missing value of a later row
};

// In place, of `rows` rows: from the table's units to those of examples, and back.
void to_standard(float* values, int64_t rows, const TableColumns& columns);
void to_table_units(float* values, int64_t rows, const TableColumns& columns);

struct DataInfo {
  std::string name;
  Space space;
  std::vector<std::string> factors;              // names of the ground-truth factors; empty where there are none
  std::vector<int64_t> factor_sizes;             // how many values each takes, 0 for any number; empty: 0 for all
  std::vector<std::string> classes;              // names of the classes; empty where there are none
  std::vector<Attribute> attributes;             // empty: the classes, if any, are the one attribute
  std::map<std::string, std::string> checksums;  // file name to SHA-256 of what was read
  std::string note;                              // a sentence a user should see, such as a fallback that was taken
  TableColumns columns;                          // of rows
  std::vector<Attribute> colours;                // of rows, what may colour them; without values: any number
  std::map<std::string, int64_t> ignored;        // files of a folder that are no images to read, by ending: "gif"
};

using Indices = std::vector<int64_t>;

class DataSource {
 public:
  DataSource() = default;
  DataSource(const DataSource&) = delete;
  DataSource& operator=(const DataSource&) = delete;
  virtual ~DataSource() = default;

  [[nodiscard]] virtual const DataInfo& info() const = 0;
  [[nodiscard]] virtual int64_t count(Split split) const = 0;  // 0 where the set has no such split

  // Example i of a split is the same at every call, whichever thread asks: [N, sizes...] float, in the units of the
  // space.
  [[nodiscard]] virtual Tensor examples(Split split, const Indices& indices) const = 0;

  // Ground truth, for the held-out splits (others where known): [N, K] float in [0, 1], in the order of
  // info().factors. A factor of s values has them at 0, 1 / (s - 1), ... 1.
  [[nodiscard]] virtual Tensor factors(Split split, const Indices& indices) const;

  // The factors of any examples [N, sizes...], such as generated ones, each taken to be of the class that labels [N]
  // say: [N, K] in the units of factors(), beyond [0, 1] for examples beyond those of the set. Undefined where a set
  // cannot read its factors from an example.
  [[nodiscard]] virtual Tensor read_factors(const Tensor& /*examples*/, const Tensor& /*labels*/) const { return {}; }

  // [N] int64, an index into info().classes.
  [[nodiscard]] virtual Tensor labels(Split split, const Indices& indices) const;

  // What examples are labelled with, one column an attribute of attributes_of(info()): [N, K] int64, -1 where unknown.
  [[nodiscard]] virtual Tensor attributes(Split split, const Indices& indices) const;

  // What may colour examples, one column for each of info().colours: [N, K] double, a number or the place of a value;
  // NaN where it is unknown.
  [[nodiscard]] virtual Tensor colours(Split split, const Indices& indices) const;
};

// The split that shows what a user would bring: score, or unlabelled where there is none.
Split split_for_show(const DataSource& data);

// 0, 1, ... count - 1.
Indices all_indices(int64_t count);

// Adds a sentence to info.note; "" adds nothing.
void add_note(DataInfo& info, const std::string& sentence);

// info.attributes, or the classes as an attribute of this name; empty where there are no labels.
inline constexpr const char* class_attribute = "class";
std::vector<Attribute> attributes_of(const DataInfo& info);

}  // namespace refract
