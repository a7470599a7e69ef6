// The digit-style task (Ruiz et al. 2019, A.3.1): what varies is style (colour, scale, stroke width), what is shared
// with the reference set of thin white digits is the digit. Factors: see DigitStyle::factors in digit_render.h.
// Classes: the digits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/sets/digits.h"
#include "refract/data/source.h"

namespace refract {

struct DigitCounts {
  int64_t reference = 6000;
  int64_t unlabelled = 12000;
  int64_t fit = 2000;
  int64_t score = 2000;
};

// From MNIST: the reference set is one half of the training digits, the unlabelled set the other half, each digit
// transformed twice; the test digits are halved into fit and score.
struct DigitStyleOptions {
  int64_t size = 64;
  int64_t data_seed = 1;
  std::string padding = "black";
  std::string mnist_dir;  // "" looks at the environment variable MNIST_DIR, then data/mnist below the working directory
  std::string emnist = "";  // see read_mnist
  Options describe();
};

// From digits drawn by embedded_digits.h, each unlabelled digit transformed twice.
struct EmbeddedDigitsOptions {
  int64_t size = 64;
  int64_t data_seed = 1;
  std::string padding = "black";
  DigitCounts counts;
  Options describe();
};

// Reference digits are the first `counts.reference` of the training digits in an order drawn from `seed`; unlabelled
// images go round the rest; fit and score images are disjoint parts of the test digits, in an order drawn likewise.
// Styles are drawn from (seed, split, index). Only the source digits are held. `size` is a multiple of 16, 16 to 128;
// throws BadInput where it is not, or where there are too few digits. `padding`: see render_digit.
std::unique_ptr<DataSource> digit_style(DataInfo info, Digits training, Digits test, const DigitCounts& counts,
                                        int64_t size, uint64_t seed, float padding = -1.0F);

// Without the files of MNIST anywhere, embedded digits serve and info().note says so; throws BadInput where
// mnist_dir was given and lacks them, or where a file is damaged.
std::unique_ptr<DataSource> make_digit_style(const DigitStyleOptions& options);
std::unique_ptr<DataSource> make_embedded_digits(const EmbeddedDigitsOptions& options);

}  // namespace refract
