// Examples with labels in three parts: those that a classifier is fitted to, those that stop the fit early, and those
// that it is scored by (Mathieu et al. 2016, Sec. 5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/data/source.h"

namespace refract {

struct LabelledPart {
  Split split;
  Indices rows;   // of the split, N, in a drawn order
  Tensor labels;  // [N, K] int64, one column an attribute, -1 where unknown
};

struct LabelledParts {
  std::vector<Attribute> attributes;  // K: those that describe an example
  std::string left_out;               // a sentence that names attributes left out and says why; "" where there are none
  LabelledPart fitted, validation, scored;
};

// Of splits unlabelled, fit and score: the examples of which some label is known, of the first split at most
// `most_fitted`, drawn from `key`. Attributes that are identities are left out where others describe an example
// (descriptive_columns), as are those of which a whole part knows no label. Throws BadInput where none remains.
LabelledParts labelled_parts(const DataSource& data, int64_t most_fitted, uint64_t key);

// "" where these splits have examples and some attribute that describes them has two values or more, else a sentence
// that says what is missing.
std::string lacks_labelled_parts(const DataSource& data);

}  // namespace refract
