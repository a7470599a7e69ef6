// Rb-VAE (Ruiz et al. 2019, Sec. 4.2): the reference-based model under the conventional variational bound.
#include <ATen/ops/cat.h>

#include "refract/methods/entries.h"
#include "refract/methods/reference_based.h"

namespace refract {
namespace {

struct RbVaeOptions {
  ReferenceBasedOptions model;
  Options describe() {
    Options options;
    model.describe_into(options);
    return options;
  }
};

class RbVae : public ReferenceBased {
 public:
  RbVae(const RbVaeOptions& options, const ImageShape& shape) : ReferenceBased(options.model, shape) {}

  Scalars step(const Batch& batch, Update& update) override {
    const Inferred inferred =
        infer(encoder_e_.forward(batch.images), encoder_z_.forward(at::cat({batch.images, batch.reference})));
    const Bound terms = bound(batch, inferred, generate(inferred.e, inferred.z), update.progress());  // Eq. 3
    update.descend({{model_, terms.loss}});
    return terms.scalars();
  }
};

}  // namespace

MethodRecipe rb_vae_recipe() {
  return recipe_of<RbVae, RbVaeOptions>();
}

}  // namespace refract
