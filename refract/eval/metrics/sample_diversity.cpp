// How different generated pictures of a class are, beside real ones (Zheng and Sun 2019, Eq. 12 and Table 2).
#include <fmt/format.h>

#include "refract/core/random.h"
#include "refract/eval/diversity.h"
#include "refract/eval/generation.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

std::string lacks_labelled_pictures(const DataSource& data) {
  if (const Space& space = data.info().space; !space.is_picture())
    return fmt::format("MS-SSIM compares pictures, and the data set {} has {}.", data.info().name, text_of(space));
  return lacks_labelled_examples(data);
}

MetricTable compare_diversity(const Generation& all) {
  MetricTable table;
  table.metric = "diversity";
  table.title = "Diversity of generated pictures within classes";
  table.unit = "1 - MS-SSIM, from 0 to 1, and what it is as a multiple of that of test examples";
  table.columns = {"Eq. 12, with self-pairs", "1 - MS-SSIM", "ratio"};
  const auto found = [&](const JudgedExamples& kind) {
    return intra_class_diversity([&](const Indices& rows) { return kind.some(rows).x; }, kind.classes,
                                 all.options.pairs, mix(all.seed, MetricDraw::generation_pairs));
  };
  const Diversity test = found(all.test);
  const auto add = [&](const char* name, const Diversity& its) {
    const double self = its.distinct > 0 ? its.all_pairs / its.distinct : 1;
    table.rows.push_back({name,
                          {its.all_pairs, its.distinct, its.distinct / test.distinct},
                          {its.spread * self, its.spread, its.spread / test.distinct}});
  };
  add(samples_row, found(all.generated));
  add(test_row, test);
  add(training_row, found(all.training));
  table.protocol = fmt::format(
      "Means over classes of 1 - MS-SSIM (Wang et al. 2003) of {} pairs of different pictures of a class; colours are "
      "compared channel by channel. Eq. 12 of Zheng and Sun 2019 also pairs each picture with itself. With n "
      "pictures in a class, this makes it smaller by the fraction 1/n. ±: the standard error over the pairs; that of "
      "the ratio leaves out the error of the test examples. {}",
      test.pairs, all.protocol);
  return table;
}

}  // namespace

MetricEntry diversity_metric() {
  return {.name = "diversity",
          .summary = "How different samples of a class are by MS-SSIM, as a ratio to real pictures.",
          .source = "Zheng and Sun 2019, Eq. 12 and Table 2",
          .lacks = lacks_labelled_pictures,
          .compare = compare_diversity,
          .lacks_of_model = lacks_samples_of_classes,
          .on_request = true};
}

}  // namespace refract
