// Tables 1 and 2 of Zheng and Sun 2019: how good and how diverse the samples of Lr-LiVAE and of its rivals are.
#pragma once

#include "app/study/study.h"

namespace refract {

Study lrlivae_tables();

}  // namespace refract
