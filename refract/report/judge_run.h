// A run of a classifier as what generated examples are judged by.
#pragma once

#include <filesystem>
#include <string>

#include "refract/data/source.h"
#include "refract/eval/generation.h"

namespace refract {

// SHA-256 of the run's newest checkpoint; "" before the first. Throws BadInput where it is no run directory.
std::string judge_checksum(const std::filesystem::path& run);

// `options` with the run's model as the classifier. Throws BadInput where it was trained on other data than `data`, or
// cannot judge examples of them.
GenerationOptions judged_by(GenerationOptions options, const std::filesystem::path& run, const DataSource& data);

}  // namespace refract
