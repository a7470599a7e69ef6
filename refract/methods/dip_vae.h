// DIP-VAE-I and -II (Kumar et al. 2018): VAEs whose codes are held uncorrelated, with unit variance.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe dip_vae_1_recipe();
MethodRecipe dip_vae_2_recipe();

}  // namespace refract
