// Mathieu et al. 2016, adapted to reference sets as Ruiz et al. 2019, Sec. 5.2, describe: pairs come from the reference
// set alone.
#pragma once

#include "refract/methods/registry.h"

namespace refract {

MethodRecipe mathieu_recipe();

}  // namespace refract
