// Figure `class-samples`: images drawn class by class (Hajimiri et al. 2021, Sec. 4.4; Zheng and Sun 2019, Fig. 3).

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"
#include "refract/model/class_codes.h"

namespace refract {
namespace {

constexpr int64_t kSamplesOfClass = 10;
constexpr int64_t kMostClasses = 12;

Codes noise_of_columns(const Model& model, int64_t samples, uint64_t seed) {
  return prior_noise(model, samples, generator_of(mix(seed, Stream::figures)));
}

// Of the part, whose rows count classes and whose columns count draws of the noise.
Panel class_samples_panel(const Model& model, size_t category, const Codes& noise, const SheetPart& part,
                          const std::vector<Attribute>& attributes, const OnDrawn& drawn) {
  Codes columns;
  for (const Tensor& all : noise) columns.push_back(all.narrow(0, part.left, part.columns));
  Panel panel{"", {}, {}, {}, 0, 0};
  for (int64_t k = part.top; k < part.top + part.rows; ++k) {
    add_class_row(panel, model, category, columns, k, attributes);
    if (drawn) drawn(std::ssize(panel.cells) * part.columns);
  }
  return panel;
}

Figure class_samples_words() {
  return {"class-samples",
          "Samples of each class",
          "Each row shows images of one class, drawn from the prior. The images of a column share all factors that do "
          "not depend on the class. Factors that do are drawn with the same noise.",
          {}};
}

Figure draw_class_samples(const Model& model, const DataSource& data, uint64_t seed) {
  const Codes noise = noise_of_columns(model, kSamplesOfClass, seed);
  std::vector<Panel> panels;
  for (const size_t category : categories_of(model)) {
    const int64_t classes = std::min(model.blocks()[category].size, kMostClasses);
    panels.push_back(
        class_samples_panel(model, category, noise, {0, 0, classes, kSamplesOfClass}, attributes_of(data.info()), {}));
  }
  Figure figure = class_samples_words();
  figure.frames.push_back(draw_sheet(panels));
  return figure;
}

}  // namespace

std::string lacks_class_pictures(const Model& model) {
  const std::string pictures = lacks_pictures(model);
  return pictures.empty() ? lacks_class_samples(model) : pictures;
}

PagedFigure class_sample_sheets(const Model& model, int64_t samples, uint64_t seed,
                                const std::vector<Attribute>& attributes) {
  if (const std::string missing = lacks_class_pictures(model); !missing.empty()) throw BadInput(missing);
  struct Sheet {
    size_t category;
    SheetPart part;
  };
  std::vector<Sheet> sheets;
  PagedFigure figure{class_samples_words(), {}, {}};
  for (const size_t category : categories_of(model))
    for (const SheetPart& part : sheet_parts(model.blocks()[category].size, samples, size_of(model.space()))) {
      sheets.push_back({category, part});
      figure.images.push_back(part.rows * part.columns);
    }
  const Codes noise = noise_of_columns(model, samples, seed);
  figure.draw = [&model, noise, sheets, attributes](size_t sheet, const OnDrawn& drawn) {
    const auto& [category, part] = sheets.at(sheet);
    return std::vector<Tensor>{draw_sheet({class_samples_panel(model, category, noise, part, attributes, drawn)})};
  };
  return figure;
}

FigureEntry class_samples_figure() {
  return {"class-samples", "Sampled images, one row for each class.",
          "Hajimiri et al. 2021, Sec. 4.4; Zheng and Sun 2019, Fig. 3",
          [](const Model& model, const DataSource&) { return lacks_class_pictures(model); }, draw_class_samples};
}

}  // namespace refract
