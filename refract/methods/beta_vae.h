// beta-VAE (Higgins et al. 2017): a VAE whose KL divergence weighs beta times as much.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe beta_vae_recipe();

}  // namespace refract
