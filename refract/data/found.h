// A sentence on what a data set contains.
#pragma once

#include <string>

#include "refract/data/source.h"

namespace refract {

// "Data: 640 unlabelled (happy 320, surprise 320), 600 reference, 80 that fit and 80 that score the probes; 4 files
// ignored: 2 gif, 1 svg, 1 txt." Of more than eight classes only their number and sizes are told.
std::string found_text(const DataSource& source);

}  // namespace refract
