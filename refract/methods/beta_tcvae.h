// beta-TCVAE (Chen et al. 2018): of the KL divergence, only the total correlation weighs more.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe beta_tcvae_recipe();

}  // namespace refract
