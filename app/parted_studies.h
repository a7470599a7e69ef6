// The tables of Hajimiri et al. 2021, on dSprites.
#pragma once

#include "app/study.h"

namespace refract {

Study partedvae_table1();  // without labels, beside other methods
Study partedvae_table2();  // with some labels, and without the penalty for overlap

}  // namespace refract
