// The toy of Zheng and Sun 2019 (Sec. 4.1, Fig. 2): generated points beside real ones after 10 to 50 epochs.
#pragma once

#include "app/study/study.h"

namespace refract {

Study lrlivae_toy();

}  // namespace refract
