// The Frechet distance of samples and real examples in the features of a classifier of the same data (Heusel et al.
// 2017).
#include <fmt/format.h>

#include <optional>

#include "refract/eval/generation.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/sample_scores.h"

namespace refract {
namespace {

constexpr int64_t kExamplesPerFeature = 10;

// The mean of the distances of each class that has two examples or more; none where no class has. Both kinds have as
// many of each class.
std::optional<double> distance_within_classes(const JudgedExamples& kind, const JudgedExamples& test, int64_t classes) {
  double sum = 0;
  int64_t counted = 0;
  for (int64_t c = 0; c < classes; ++c) {
    const auto of_class = [&](const JudgedExamples& all) {
      return all.opinion.features.index_select(0, all.classes.eq(c).nonzero().squeeze(1));
    };
    const Tensor one = of_class(kind), other = of_class(test);
    if (one.size(0) < 2) continue;
    sum += frechet_distance(one, other);
    ++counted;
  }
  if (counted == 0) return std::nullopt;
  return sum / static_cast<double>(counted);
}

MetricTable compare_frechet_distances(const Generation& all) {
  MetricTable table;
  table.metric = "fid";
  table.title = "Frechet distance of generated examples to test examples";
  table.unit = "squared distance of features; lower is better";
  const bool by_class =
      all.generated.classes.defined() && distance_within_classes(all.training, all.test, all.classes()).has_value();
  if (by_class) table.columns.emplace_back("within classes");
  table.columns.emplace_back("all classes");
  const auto add = [&](const char* name, const JudgedExamples& kind) {
    MetricTable::Row row{name, {}};
    if (by_class) row.values.push_back(distance_within_classes(kind, all.test, all.classes()).value());
    row.values.push_back(frechet_distance(kind.opinion.features, all.test.opinion.features));
    table.rows.push_back(std::move(row));
  };
  add(samples_row, all.generated);
  add(training_row, all.training);
  const int64_t features = all.test.opinion.features.size(1), examples = all.test.count();
  const int64_t enough = kExamplesPerFeature * features;
  table.protocol = fmt::format(
      "Gaussians of the {} features before the classifier's last layer, covariances by N - 1. The row "
      "training examples is the floor: the distance of as many real examples. {}Distances by different classifiers "
      "cannot be compared. {}",
      features, by_class ? "Within classes: the mean of the distances of each class alone. " : "", all.protocol);
  if (examples < enough)
    table.note = fmt::format(
        "{} examples are fewer than {} for each feature, so the distances are too large. Compare them with those "
        "of the training examples.",
        examples, kExamplesPerFeature);
  else if (by_class && examples < enough * all.classes())
    table.note = fmt::format(
        "A class has {} examples on average, fewer than {} for each feature, so that the distances within classes are "
        "too large; read them beside those of the training examples.",
        examples / all.classes(), kExamplesPerFeature);
  return table;
}

}  // namespace

MetricEntry fid_metric() {
  return {.name = "fid",
          .summary = "Frechet distance of samples to real examples, overall and within classes.",
          .source = "Heusel et al. 2017",
          .lacks = lacks_labelled_examples,
          .compare = compare_frechet_distances,
          .lacks_of_model = lacks_samples,
          .on_request = true};
}

}  // namespace refract
