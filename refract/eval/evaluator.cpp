#include "refract/eval/evaluator.h"

#include <fmt/format.h>

#include "refract/core/errors.h"

namespace refract {

MetricTable Evaluator::measure(const MetricEntry& entry) {
  const std::string missing = entry.lacks(data_);
  if (!missing.empty()) throw BadInput(fmt::format("Evaluating by {}: {}", entry.name, missing));
  if (entry.measure != nullptr) return entry.measure(model_, data_, untrained_);
  if (representations_.empty()) representations_ = representations(model_, data_, seed_);
  return entry.score(representations_, seed_);
}

}  // namespace refract
