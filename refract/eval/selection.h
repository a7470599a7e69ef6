// How good a model's codes are by the fitting split alone: for choosing options without a look at the scoring split.
#pragma once

#include <string>

#include "refract/data/source.h"
#include "refract/methods/model.h"

namespace refract {

// Mean absolute error over all factors, of least squares from the block `features` ("e"), fitted on the first three
// quarters of split fit and scored on the rest of it. Throws BadInput where the data has no factors or too few images,
// or the model no such block.
double probe_error_within_fit(const Model& model, const DataSource& data, const std::string& features);

}  // namespace refract
