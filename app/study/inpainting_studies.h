// Inpainting as Zheng and Sun 2019 show it (Sec. 4.5, Fig. 7), in numbers: Lr-LiVAE beside cVAE-GAN.
#pragma once

#include "app/study/study.h"

namespace refract {

Study lrlivae_inpainting();

}  // namespace refract
