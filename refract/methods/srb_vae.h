// sRb-VAE (Ruiz et al. 2019, Sec. 4.3): the reference-based model under the symmetric KL divergence, trained
// adversarially.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe srb_vae_recipe();

}  // namespace refract
