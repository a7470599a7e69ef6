// Whether samples show the class that was asked for, and whether they teach it (Ravuri and Vinyals 2019).
#include <fmt/format.h>

#include "refract/core/random.h"
#include "refract/eval/generation.h"
#include "refract/eval/held_out.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

// What a network that is trained on one kind of examples says of the test examples, right or wrong: [N].
Tensor taught_answers(const Generation& all, const JudgedExamples& kind) {
  const std::unique_ptr<Model> network =
      trained_judge(all.space, all.classes(), kind.count(), kind.some, mix(all.seed, MetricDraw::generation_taught),
                    all.options.training, all.options.on_progress);
  return right_answers(opinion_of(*network, 0, all.test.some, all.test.count()), all.test.classes);
}

MetricTable compare_sample_classification(const Generation& all) {
  MetricTable table;
  table.metric = "sample-classification";
  table.title = "Classes of generated examples";
  table.unit = "share of right answers, from 0 to 1; higher is better";
  table.columns = {"recognised", "taught"};
  const auto add = [&](const char* name, const Tensor& recognised, const Tensor& taught) {
    MetricTable::Row row{name, {}};
    for (const Tensor& right : {recognised, taught}) {
      row.values.push_back(right.mean().item<double>());
      row.spreads.push_back(standard_error(right));
    }
    table.rows.push_back(std::move(row));
  };
  add(samples_row, right_answers(all.generated.opinion, all.generated.classes), taught_answers(all, all.generated));
  add("real examples", right_answers(all.test.opinion, all.test.classes), taught_answers(all, all.training));
  table.rows.push_back({"uniform chance", std::vector<double>(2, 1 / static_cast<double>(all.classes()))});
  const JudgeTraining& training = all.options.training;
  const int64_t count = all.test.count();
  table.protocol = fmt::format(
      "Recognised: the classifier finds the class that a sample was generated for, or that a test example has. Taught: "
      "a network that is trained on the samples, or on as many training examples, in {} steps of {}, finds the class "
      "of the test examples (Ravuri and Vinyals 2019). ±: the standard error over the examples. {}",
      training.steps_with(count), training.batch_of(count), all.protocol);
  return table;
}

}  // namespace

MetricEntry sample_classification_metric() {
  return {.name = "sample-classification",
          .summary = "Whether a classifier recognises the classes of samples, and whether samples teach one.",
          .source = "Ravuri and Vinyals 2019",
          .lacks = lacks_labelled_examples,
          .compare = compare_sample_classification,
          .lacks_of_model = lacks_samples_of_classes,
          .on_request = true};
}

}  // namespace refract
