// DataSource: all that training and evaluation know of a data set.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

struct ImageShape {
  int64_t channels = 3;
  int64_t size = 64;  // height and width in pixels
};

// Unlabelled and reference images train a model; fit and score images fit and score the probes (Ruiz et al. 2019,
// Sec. 5.3).
enum class Split { unlabelled, reference, fit, score };
std::string_view name_of(Split split);

// Something that images are labelled with: the digit, the colour of the hair.
struct Attribute {
  std::string name;
  std::vector<std::string> values;  // names, in the order of their numbers
};

struct DataInfo {
  std::string name;
  ImageShape shape;
  std::vector<std::string> factors;              // names of the ground-truth factors; empty where there are none
  std::vector<int64_t> factor_sizes;             // how many values each takes, 0 for any number; empty: 0 for all
  std::vector<std::string> classes;              // names of the classes; empty where there are none
  std::vector<Attribute> attributes;             // empty: the classes, if any, are the one attribute
  std::map<std::string, std::string> checksums;  // file name to SHA-256 of what was read
  std::string note;                              // a sentence a user should see, such as a fallback that was taken
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

  // Image i of a split is the same image at every call, whichever thread asks: [N, C, H, W], float, [-1, 1].
  [[nodiscard]] virtual Tensor images(Split split, const Indices& indices) const = 0;

  // Ground truth, for splits fit and score (others where known): [N, K] float in [0, 1], in the order of
  // info().factors. A factor of s values has them at 0, 1 / (s - 1), ... 1.
  [[nodiscard]] virtual Tensor factors(Split split, const Indices& indices) const;

  // [N] int64, an index into info().classes.
  [[nodiscard]] virtual Tensor labels(Split split, const Indices& indices) const;

  // What images are labelled with, one column an attribute of attributes_of(info()): [N, K] int64, -1 where unknown.
  [[nodiscard]] virtual Tensor attributes(Split split, const Indices& indices) const;
};

// 0, 1, ... count - 1.
Indices all_indices(int64_t count);

// Adds a sentence to info.note; "" adds nothing.
void add_note(DataInfo& info, const std::string& sentence);

// info.attributes, or the classes as an attribute named "class"; empty where there are no labels.
std::vector<Attribute> attributes_of(const DataInfo& info);

}  // namespace refract
