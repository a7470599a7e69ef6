// Guided-VAE and Guided-beta-TCVAE, unsupervised (Ding et al. 2020): beside the generator, a deformable PCA
// must make the image from the same code, so that its dimensions take on the meanings that this has for them.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe guided_vae_recipe();
MethodRecipe guided_beta_tcvae_recipe();

}  // namespace refract
