// The tables of Hajimiri et al. 2021, on dSprites, and its numbers on MNIST.
#pragma once

#include "app/study/study.h"

namespace refract {

Study partedvae_table1();  // without labels, beside other methods
Study partedvae_table2();  // with some labels, and without the penalty for overlap

Study partedvae_mnist();  // a classifier from 256 labels

}  // namespace refract
