#include "refract/methods/labelled_options.h"

#include "refract/nn/augmentation.h"

namespace refract {

void LabelledOptions::describe_into(Options& options) {
  network.describe_into(options);
  options
      .add("generator_average", generator_average,
           "decay of a moving average of the generator's weights, such as 0.999; the average then makes all pictures; "
           "0: "
           "no average (the papers)")
      .range(0, 0.999999);
  labels.describe_into(options, "of which the first is the label");
}

void LabelledOptions::describe_likelihood(Options& options) {
  likelihood.describe_into(options);
}

void PixelAdversaryOptions::describe_into(Options& options) {
  options
      .add("adversarial_loss", loss,
           "losses of the discriminator and of the generator: log (Zheng and Sun 2019, Eq. 10) or hinge (the authors' "
           "code)")
      .one_of({"log", "hinge"});
  describe_rate(options, "discriminator_rate", rate, "the discriminator");
  options
      .add("discriminator_widths", widths,
           "channels of the discriminator at each resolution, from fine to coarse; empty: widths")
      .range(1, 4096);
  options
      .add("discriminator_depth", depth,
           "convolutions of the discriminator for each width: 1, which halves the sides, or 2, with a 3x3 convolution "
           "before it")
      .range(1, 2);
  options
      .add("augmentation", augmentation,
           "random changes of all pictures that the discriminator sees (Zhao et al. 2020); colour needs coloured "
           "pictures; none: the papers")
      .one_of(Augmentation::choices());
}

void PixelAdversaryOptions::describe_weight(Options& options) {
  options.add("adversarial_weight", weight, "weight of the adversarial loss of the generator; 0: no discriminator")
      .range(0, 1e6);
}

}  // namespace refract
