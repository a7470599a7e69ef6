#include "refract/eval/evaluator.h"

#include <fmt/format.h>

#include "refract/core/errors.h"

namespace refract {

MetricTable score_codes(const MetricEntry& entry, const std::vector<Representation>& rows, uint64_t seed) {
  MetricTable table = entry.score(rows, seed);
  const std::string& left_out = rows.at(0).factors.left_out;
  if (!left_out.empty()) table.note += (table.note.empty() ? "" : " ") + left_out;
  return table;
}

MetricTable Evaluator::measure(const MetricEntry& entry) {
  const std::string missing = lacks(entry, model_, data_);
  if (!missing.empty()) throw BadInput(fmt::format("Evaluating by {}: {}", entry.name, missing));
  if (entry.measure != nullptr) return entry.measure(model_, data_, untrained_, generation_options_.on_progress);
  if (entry.compare != nullptr) {
    if (!generation_) generation_ = generation_of(model_, data_, seed_, generation_options_);
    MetricTable table = entry.compare(*generation_);
    table.judge = generation_options_.classifier_checksum;
    return table;
  }
  if (representations_.empty()) representations_ = representations(model_, data_, seed_);
  return score_codes(entry, representations_, seed_);
}

}  // namespace refract
