// PartedVAE (Hajimiri et al. 2021): classes c, class-related factors u and class-independent factors z. Learning rates
// follow the trainer's schedule; the authors halve them on plateaus.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe parted_vae_recipe();

}  // namespace refract
