#include "refract/model/generated.h"

#include "refract/core/errors.h"

namespace refract {

Generated generated(const Model& model, int64_t count, std::optional<size_t> category, const at::Generator& generator) {
  if (const std::string missing = lacks_generated(model); !missing.empty()) throw BadInput(missing);
  const Codes codes = draw_prior(model, count, generator);
  return {decode_all(model, codes).to(at::kCPU), category ? codes.at(*category).argmax(1) : Tensor()};
}

std::string lacks_generated(const Model& model) {
  const std::string missing = lacks_generator(model);
  return missing.empty() ? lacks_prior(model) : missing;
}

std::optional<size_t> category_of(const Model& model, int64_t classes) {
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (model.blocks()[b].categorical && model.blocks()[b].size == classes) return b;
  return {};
}

}  // namespace refract
