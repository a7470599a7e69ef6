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
  RbVae(const RbVaeOptions& options, const Space& space) : ReferenceBased(options.model, space) {}

  Scalars step(const Batch& batch, Update& update) override {
    const Tensor x = likelihood_.read(batch.main.x);
    const Tensor reference = likelihood_.read(batch.reference.x);
    const Inferred inferred = infer(encoder_e_.forward(x), encoder_z_.forward(at::cat({x, reference})));
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
