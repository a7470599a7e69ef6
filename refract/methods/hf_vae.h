// HFVAE (Esmaeili et al. 2019): a VAE whose KL divergence falls into mutual information, total correlation between
// groups of dimensions, total correlation within them, and the dimensions' own divergences, the first three weighted.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe hf_vae_recipe();

}  // namespace refract
