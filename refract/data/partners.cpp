#include "refract/data/partners.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/labelled.h"

namespace refract {
namespace {

void check_pairs(const DataInfo& info, const Attribute& attribute, const std::vector<Indices>& members) {
  constexpr size_t most = 5;
  std::vector<std::string> lonely;
  size_t count = 0;
  for (size_t c = 0; c < members.size(); ++c)
    if (members[c].size() == 1 && ++count <= most) lonely.push_back(attribute.values.at(c));
  if (count == 0) return;
  throw BadInput(fmt::format(
      "Pairing examples of {} by {}: {} of {} classes have one example, which has no partner: {}{}. Add examples of "
      "these classes, or remove the classes.",
      info.name, attribute.name, count, members.size(), fmt::join(lonely, ", "), count > most ? ", ..." : ""));
}

}  // namespace

Partners::Partners(const DataSource& source, uint64_t key) : key_(key) {
  check_labels(source.info());
  const Attribute attribute = attributes_of(source.info()).front();
  const Tensor labels =
      source.attributes(Split::unlabelled, all_indices(source.count(Split::unlabelled))).select(1, 0).contiguous();
  const auto* values = labels.data_ptr<int64_t>();
  members_.resize(attribute.values.size());
  for (int64_t i = 0; i < labels.numel(); ++i) {
    if (values[i] < 0)
      throw BadInput(
          fmt::format("Pairing examples of {} by {}: example {} has no label. Remove examples without a label.",
                      source.info().name, attribute.name, i));
    Indices& its = members_.at(static_cast<size_t>(values[i]));
    class_of_.push_back(values[i]);
    place_.push_back(std::ssize(its));
    its.push_back(i);
  }
  check_pairs(source.info(), attribute, members_);
}

Indices Partners::of(const Indices& examples, int64_t step) const {
  Indices partners;
  partners.reserve(examples.size());
  const uint64_t key = mix(key_, static_cast<uint64_t>(step));
  for (size_t n = 0; n < examples.size(); ++n) {
    const auto example = static_cast<size_t>(examples[n]);
    const Indices& members = members_[static_cast<size_t>(class_of_[example])];
    const auto others = static_cast<double>(members.size() - 1);
    const auto skip = 1 + static_cast<int64_t>(uniform(mix(key, n)) * others);  // past itself, around the class
    partners.push_back(members[static_cast<size_t>((place_[example] + skip) % std::ssize(members))]);
  }
  return partners;
}

}  // namespace refract
