// Evaluates the metrics of the registry.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "refract/eval/generation.h"
#include "refract/eval/metric.h"
#include "refract/eval/representation.h"

namespace refract {

// The table of an entry that has `score`; its note says what was left out of the factors.
MetricTable score_codes(const MetricEntry& entry, const std::vector<Representation>& rows, uint64_t seed);

// A model on a data set, measured by any entries; its codes are taken once for all that only need these, and its
// samples are drawn and judged once.
class Evaluator {
 public:
  // All must outlive it. What metrics draw is a function of the seed. `untrained`: see MetricEntry::measure. The
  // options' on_progress is told how far any long work is.
  Evaluator(const Model& model, const DataSource& data, uint64_t seed = 0, const Model* untrained = nullptr,
            GenerationOptions generation = {})
      : model_(model), data_(data), seed_(seed), untrained_(untrained), generation_options_(std::move(generation)) {}

  // The entry's table. Throws BadInput for codes or samples that are not finite, and for what the entry lacks.
  MetricTable measure(const MetricEntry& entry);

 private:
  const Model& model_;
  const DataSource& data_;
  uint64_t seed_;
  const Model* untrained_;
  GenerationOptions generation_options_;
  std::vector<Representation> representations_;  // empty until an entry asks for them
  std::optional<Generation> generation_;         // the same
};

}  // namespace refract
