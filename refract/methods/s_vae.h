// sVAE (Pu et al. 2018, as Ruiz et al. 2019, Sec. 5.2, compare with it): a VAE under the symmetric KL divergence;
// sRb-VAE without a reference set.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe s_vae_recipe();

}  // namespace refract
