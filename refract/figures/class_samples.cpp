// Figure `class-samples`: images drawn class by class.
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/model/class_pairs.h"

namespace refract {
namespace {

constexpr int64_t kSamplesOfClass = 10;
constexpr int64_t kMostClasses = 12;

std::string class_samples_lacks(const Model& model, const DataSource& /*data*/) {
  if (const std::string pictures = lacks_pictures(model); !pictures.empty()) return pictures;
  return lacks_classes(model);
}

// A row a class. The blocks that do not belong to the pair are those of `others`, column by column.
Panel class_samples_panel(const Model& model, const ClassPair& pair, const Codes& others) {
  const Block& category = model.blocks()[pair.category];
  Panel panel{"", {}, {}, {}, 0, 0};
  for (int64_t i = 0; i < std::min(category.size, kMostClasses); ++i) {
    Codes codes = others;
    codes[pair.category] = one_class(i, category.size, kSamplesOfClass);
    const Gaussian prior = pair.prior.rows(i, i + 1);
    codes[pair.related] =
        Gaussian{prior.mean.expand({kSamplesOfClass, -1}), prior.log_variance.expand({kSamplesOfClass, -1})}.sample();
    panel.rows.push_back(fmt::format("{} = {}", category.name, i));
    panel.cells.push_back(decode_all(model, codes).to(at::kCPU).unbind());
  }
  return panel;
}

Figure draw_class_samples(const Model& model, const DataSource& /*data*/, uint64_t seed) {
  const at::NoGradGuard no_grad;
  const at::Generator generator = generator_of(mix(seed, Stream::figures));
  const Codes others = draw_prior(model, kSamplesOfClass, generator);
  std::vector<Panel> panels;
  for (const ClassPair& pair : class_pairs(model)) panels.push_back(class_samples_panel(model, pair, others));
  return {"class-samples",
          "Samples of each class",
          "Each row shows images of one class, whose class-related factors are drawn from the prior of the class. The "
          "images of a column share all other factors.",
          {draw_sheet(panels)}};
}

}  // namespace

FigureEntry class_samples_figure() {
  return {"class-samples", "Sampled images, one row for each class.", "Hajimiri et al. 2021, Sec. 4.4",
          class_samples_lacks, draw_class_samples};
}

}  // namespace refract
