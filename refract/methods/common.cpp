#include "refract/methods/common.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

namespace refract {

void NetworkOptions::describe_into(Options& options) {
  options
      .add("architecture", architecture_style,
           "pooled: 3x3 convolutions and pooling (Ruiz et al. 2019); strided: 4x4 convolutions of stride 2 and a "
           "hidden layer (Dupont 2018; Hajimiri et al. 2021); normed5: 5x5 convolutions of stride 2 with batch "
           "normalisation, normed3: two 3x3 convolutions for each width, the second of stride 2, with batch "
           "normalisation (Mathieu et al. 2016); dense: fully-connected layers, always used for tables")
      .one_of({"pooled", "strided", "normed5", "normed3", "dense"});
  options
      .add("widths", widths,
           "channels at each resolution, from fine to coarse; each one halves both sides of the image")
      .range(1, 4096);
  options
      .add("generator_widths", generator_widths,
           "channels after each layer of a strided generator except the last, from coarse to fine; empty: from widths, "
           "in reverse")
      .range(1, 4096);
  options.add("hidden", hidden, "features between the convolutions and the codes of a strided network").range(1, 65536);
  options.add("dense_widths", dense_widths, "features of each layer of a dense network, from the input to the code")
      .range(1, 65536);
  options
      .add("generator_output", generator_output,
           "output function of the generator: linear, tanh (Ruiz et al.) or leaky, a clamp to [-1, 1] with slope 0.1 "
           "outside")
      .one_of({"linear", "tanh", "leaky"});
  options.add("learning_rate", learning_rate, "learning rate of Adam (Ruiz et al.: 1e-4)").range(0, 1);
  options.add("beta1", beta1, "decay of Adam's first moment").range(0, 0.9999);
  options.add("beta2", beta2, "decay of Adam's second moment").range(0, 0.99999);
}

Architecture NetworkOptions::architecture() const {
  using Style = Architecture::Style;
  static const std::map<std::string_view, Style> styles = {{"pooled", Style::pooled},
                                                           {"strided", Style::strided},
                                                           {"normed5", Style::normed5},
                                                           {"normed3", Style::normed3},
                                                           {"dense", Style::dense}};
  return {widths, styles.at(architecture_style), generator_widths, hidden, dense_widths};
}

Adam NetworkOptions::adam(double rate_factor) const {
  return {learning_rate * rate_factor, beta1, beta2, 1e-8};
}

void describe_rate(Options& options, const std::string& name, double& rate, const std::string& whom) {
  options.add(name, rate, fmt::format("learning rate of {}, as a multiple of learning_rate", whom)).range(0, 1000);
}

}  // namespace refract
