// The few images whose labels a semi-supervised method sees.
#pragma once

#include <cstdint>

#include "refract/data/source.h"

namespace refract {

// Throws BadInput where the set has no labels.
void check_labels(const DataInfo& info);

// The columns of DataSource::attributes that describe an example: those of attributes that are no identity, or all
// where all are.
std::vector<int64_t> descriptive_columns(const DataInfo& info);

// `count` different images of split unlabelled, drawn from `key`, in ascending order. Balanced: as many of each class
// of the first attribute, one more of the first classes where `count` does not divide; images in which that attribute
// is unknown are passed over. Otherwise any images of which some attribute is known. Throws BadInput where the set has
// no labels, or too few labelled images.
Indices draw_labelled(const DataSource& source, int64_t count, bool balanced, uint64_t key);

}  // namespace refract
