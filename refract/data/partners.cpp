#include "refract/data/partners.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/labelled.h"

namespace refract {
namespace {

constexpr const char* kLeaveOutAdvice = "leave them out with --set lonely_classes=leave-out";

// The names of classes that have one example.
std::vector<std::string> lonely_names(const Attribute& attribute, const std::vector<Indices>& members) {
  std::vector<std::string> names;
  for (size_t c = 0; c < members.size(); ++c)
    if (members[c].size() == 1) names.push_back(attribute.values.at(c));
  return names;
}

// "3 of 4 classes have one example, which has no partner: cat, dog, horse".
std::string lonely_text(std::vector<std::string> names, size_t classes) {
  constexpr size_t most = 5;
  const size_t count = names.size();
  names.resize(std::min(count, most));
  return fmt::format("{} of {} classes {} one example, which has no partner: {}{}", count, classes,
                     count == 1 ? "has" : "have", fmt::join(names, ", "), count > most ? ", ..." : "");
}

std::string left_out_note(const std::vector<std::string>& lonely, size_t classes, int64_t without_label) {
  const std::string of_classes =
      lonely.empty() ? "" : fmt::format("{}. These examples are left out.", lonely_text(lonely, classes));
  if (without_label == 0) return of_classes;
  return fmt::format(
      "{}{}{} without a label, so without a partner, {} left out.", of_classes, lonely.empty() ? "" : " ",
      without_label == 1 ? "1 example" : fmt::format("{} examples", without_label), without_label == 1 ? "is" : "are");
}

void refuse_unlabelled(const std::string& pairing, const std::vector<int64_t>& class_of) {
  const auto first = std::find(class_of.begin(), class_of.end(), -1);
  if (first == class_of.end()) return;
  throw BadInput(fmt::format("{}: example {} has no label. Remove examples without a label, or {}.", pairing,
                             first - class_of.begin(), kLeaveOutAdvice));
}

}  // namespace

Partners::Partners(const DataSource& source, uint64_t key, Lonely lonely) : key_(key) {
  check_labels(source.info());
  const Attribute attribute = attributes_of(source.info()).front();
  members_.resize(attribute.values.size());
  sort(source.attributes(Split::unlabelled, all_indices(source.count(Split::unlabelled))).select(1, 0).contiguous());
  const std::string pairing = fmt::format("Pairing examples of {} by {}", source.info().name, attribute.name);
  const std::vector<std::string> alone = lonely_names(attribute, members_);
  if (lonely == Lonely::refuse) {
    refuse_unlabelled(pairing, class_of_);
    if (!alone.empty())
      throw BadInput(fmt::format("{}: {}. Add examples of these classes, remove the classes, or {}.", pairing,
                                 lonely_text(alone, members_.size()), kLeaveOutAdvice));
  }
  if (paired_.empty())
    throw BadInput(fmt::format("{}: no class has two examples, so that there are no pairs. Add examples.", pairing));
  note_ = left_out_note(alone, members_.size(), std::count(class_of_.begin(), class_of_.end(), -1));
}

void Partners::sort(const Tensor& labels) {
  class_of_.assign(labels.data_ptr<int64_t>(), labels.data_ptr<int64_t>() + labels.numel());
  const auto count = std::ssize(class_of_);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t its = class_of_[static_cast<size_t>(i)];
    place_.push_back(its < 0 ? -1 : std::ssize(members_.at(static_cast<size_t>(its))));
    if (its >= 0) members_[static_cast<size_t>(its)].push_back(i);
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t its = class_of_[static_cast<size_t>(i)];
    if (its >= 0 && members_[static_cast<size_t>(its)].size() > 1) paired_.push_back(i);
  }
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
