// Inception score (Salimans et al. 2016) by a classifier of the same data (Zheng and Sun 2019, Table 1).
#include <fmt/format.h>

#include "refract/eval/generation.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/sample_scores.h"

namespace refract {
namespace {

MetricTable compare_inception_scores(const Generation& all) {
  MetricTable table;
  table.metric = "inception-score";
  table.title = "Inception score of generated examples";
  table.unit = fmt::format("from 1 to {}, the number of classes; higher is better", all.classes());
  table.columns = {"inception score"};
  const auto add = [&](const char* name, const JudgedExamples& kind) {
    table.rows.push_back({name, {inception_score(kind.opinion.probabilities)}});
  };
  add(samples_row, all.generated);
  add(test_row, all.test);
  add(training_row, all.training);
  table.protocol = fmt::format(
      "exp of the mean KL(p(y|x) || p(y)) over all examples of a kind, without splits. Scores of different classifiers "
      "cannot be compared. {}",
      all.protocol);
  return table;
}

}  // namespace

MetricEntry inception_score_metric() {
  return {.name = "inception-score",
          .summary = "Whether a classifier finds samples certain and diverse, beside real examples.",
          .source = "Salimans et al. 2016; Zheng and Sun 2019, Table 1",
          .lacks = lacks_labelled_examples,
          .compare = compare_inception_scores,
          .lacks_of_model = lacks_samples,
          .on_request = true};
}

}  // namespace refract
