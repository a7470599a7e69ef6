// Table 1 of Mathieu et al. 2016: what a network reads of the labels from s and from z, one study a data set.
#pragma once

#include <vector>

#include "app/study/study.h"

namespace refract {

std::vector<Study> mathieu_studies();

}  // namespace refract
