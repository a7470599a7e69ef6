// Table 1 of Mathieu et al. 2016: what a network reads of the labels from s and from z.
#pragma once

#include "app/study/study.h"

namespace refract {

Study mathieu_table1();  // a part for each data set

}  // namespace refract
