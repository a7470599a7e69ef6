// The variational autoencoder (Kingma and Welling 2014).
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe vae_recipe();

}  // namespace refract
