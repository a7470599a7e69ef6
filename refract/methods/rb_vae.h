// Rb-VAE (Ruiz et al. 2019, Sec. 4.2): the reference-based model under the conventional variational bound.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe rb_vae_recipe();

}  // namespace refract
