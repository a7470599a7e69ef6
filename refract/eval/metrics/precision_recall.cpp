// How many samples look real, and how much of what is real they cover (Kynkaanniemi et al. 2019).
#include <fmt/format.h>

#include "refract/eval/generation.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/sample_scores.h"

namespace refract {
namespace {

MetricTable compare_precision_recall(const Generation& all) {
  constexpr int64_t neighbours = 3;
  MetricTable table;
  table.metric = "precision-recall";
  table.title = "Precision and recall of generated examples";
  table.unit = "share from 0 to 1; higher is better";
  table.columns = {"precision", "recall"};
  const auto add = [&](const char* name, const JudgedExamples& kind) {
    const PrecisionRecall found = precision_recall(all.test.opinion.features, kind.opinion.features, neighbours);
    table.rows.push_back({name, {found.precision, found.recall}});
  };
  add(samples_row, all.generated);
  add(training_row, all.training);
  table.protocol = fmt::format(
      "A set covers a point if one of its examples is at least as near to it as to its own {}rd nearest neighbour in "
      "the set, in the features before the classifier's last layer (Kynkaanniemi et al. 2019). Precision: the share of "
      "the row's examples that the test examples cover. Recall: the share of the test examples that the row's examples "
      "cover. {}",
      neighbours, all.protocol);
  return table;
}

}  // namespace

MetricEntry precision_recall_metric() {
  return {.name = "precision-recall",
          .summary = "Share of samples that look real, and of real examples that samples cover.",
          .source = "Kynkaanniemi et al. 2019",
          .lacks = lacks_labelled_examples,
          .compare = compare_precision_recall,
          .lacks_of_model = lacks_samples,
          .on_request = true};
}

}  // namespace refract
