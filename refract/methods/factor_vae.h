// FactorVAE (Kim and Mnih 2018): a VAE with a heavier total correlation, which a discriminator estimates.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe factor_vae_recipe();

}  // namespace refract
