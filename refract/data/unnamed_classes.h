// Semi-supervised data of any set: examples of some classes train without their label, as those of people whom nobody
// has named (Zheng and Sun 2019, Sec. 3.6).
#pragma once

#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct UnnamedClasses {
  std::string unnamed_classes;  // separated by commas; "" for none

  void describe_into(Options& options);

  // The source as it is, but for the first attribute that describes an example (labelled.h): its values, from which
  // methods learn, are the others alone, in their order, and it is unknown (-1) of the examples of these classes. What
  // trains and what is held out stays; labels() and info().classes name everyone; info().note names those without a
  // label. Throws BadInput: data without labels, a class that there is not, fewer than one class left.
  [[nodiscard]] std::unique_ptr<DataSource> applied(std::unique_ptr<DataSource> source) const;
};

}  // namespace refract
