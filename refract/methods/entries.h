// The methods that registry.cpp lists, each defined in a file of its own.
#pragma once

#include <memory>
#include <utility>

#include "refract/methods/registry.h"

namespace refract {

// Of a method that is made of its options and an image shape. The options live as long as either of the two that refer
// to them.
template <class Made, class Settings>
MethodRecipe recipe_of(Settings defaults = Settings()) {
  const auto settings = std::make_shared<Settings>(std::move(defaults));
  return {settings->describe(), [settings](const Space& space) { return std::make_unique<Made>(*settings, space); }};
}

MethodRecipe vae_recipe();
MethodRecipe beta_vae_recipe();
MethodRecipe beta_tcvae_recipe();
MethodRecipe factor_vae_recipe();
MethodRecipe dip_vae_1_recipe();
MethodRecipe dip_vae_2_recipe();
MethodRecipe hf_vae_recipe();
MethodRecipe guided_vae_recipe();
MethodRecipe guided_beta_tcvae_recipe();
MethodRecipe s_vae_recipe();
MethodRecipe mathieu_recipe();
MethodRecipe mathieu_pairs_recipe();
MethodRecipe rb_vae_recipe();
MethodRecipe srb_vae_recipe();
MethodRecipe parted_vae_recipe();
MethodRecipe lr_livae_recipe();
MethodRecipe conditional_vae_recipe();
MethodRecipe conditional_vae_gan_recipe();
MethodRecipe conditional_gan_recipe();
MethodRecipe classifier_recipe();

}  // namespace refract
