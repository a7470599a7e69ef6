#include "refract/data/loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/labelled.h"

namespace refract {
namespace {

void check_enough(const DataSource& source, Split split, int64_t batch) {
  const int64_t count = source.count(split);
  if (count >= batch) return;
  throw BadInput(
      fmt::format("Loading batches of {}: a batch takes {} {} examples, but there are {}. Add examples or lower "
                  "the batch with --set batch={}.",
                  source.info().name, batch, name_of(split), count, std::max<int64_t>(count, 1)));
}

void check_classes(const DataSource& source, const std::vector<int64_t>& expected) {
  std::vector<size_t> found;
  for (const Attribute& attribute : attributes_of(source.info())) found.push_back(attribute.values.size());
  const auto same = [](int64_t one, size_t other) { return static_cast<size_t>(one) == other; };
  if (expected.empty() || found.empty() ||
      std::equal(expected.begin(), expected.end(), found.begin(), found.end(), same))
    return;
  throw BadInput(
      fmt::format("Loading batches of {0}: the method was made for labels of {1} classes, but these have {2}. Set "
                  "classes={2}.",
                  source.info().name, fmt::join(expected, ","), fmt::join(found, ",")));
}

void check_needs(const DataSource& source, const Needs& needs, int64_t batch) {
  if (batch < 1) throw BadInput(fmt::format("Loading batches: expected at least 1 example a batch, found {}.", batch));
  if (batch < needs.least_batch)
    throw BadInput(
        fmt::format("Loading batches of {}: the method compares the examples of a batch, so that it needs {} or more; "
                    "found {}. Raise batch.",
                    source.info().name, needs.least_batch, batch));
  if (source.count(Split::unlabelled) == 0)
    throw BadInput(
        fmt::format("Loading batches of {}: there are no unlabelled examples to train on. Name a folder with "
                    "--unlabelled DIR or choose a data set that has them (`refract list data`).",
                    source.info().name));
  if (needs.reference.wanted && source.count(Split::reference) == 0)
    throw BadInput(
        fmt::format("Loading batches of {}: the method needs reference examples, in which the target factors "
                    "are constant, and this data has none. {}, choose "
                    "a data set that has them (`refract list data`), or a method that needs none.",
                    source.info().name,
                    source.info().space.is_picture() ? "Give a folder of them with --reference DIR"
                                                     : "Say which rows they are with --reference-where"));
  if (needs.labelled > 0 || needs.main.labels || needs.second.labels || needs.partner.wanted)
    check_labels(source.info());
  if (needs.labelled > 0 || needs.main.labels || needs.second.labels) check_classes(source, needs.classes);
  check_enough(source, Split::unlabelled, batch);
  if (needs.reference.wanted) check_enough(source, Split::reference, batch);
}

void check_paired(const DataInfo& info, int64_t count, int64_t batch) {
  if (count >= batch) return;
  throw BadInput(
      fmt::format("Loading batches of {}: a batch takes {} examples that have a partner of their class, but there are "
                  "{}. Add examples or lower the batch with --set batch={}.",
                  info.name, batch, count, count));
}

}  // namespace

Loader::Loader(const DataSource& source, const Needs& needs, int64_t batch, uint64_t seed)
    : source_(source),
      needs_(needs),
      batch_(batch),
      unlabelled_(source.count(Split::unlabelled), mix(seed, Stream::order_unlabelled)),
      reference_(source.count(Split::reference), mix(seed, Stream::order_reference)),
      second_(source.count(Split::unlabelled), mix(seed, Stream::order_second)),
      labelled_order_(needs.labelled, mix(seed, Stream::order_labelled)) {
  check_needs(source, needs, batch);
  if (needs.labelled > 0)
    labelled_ = draw_labelled(source, needs.labelled, needs.balanced, mix(seed, Stream::labelled));
  if (!needs.partner.wanted) return;
  partners_.emplace(source, mix(seed, Stream::partners), needs.lonely);
  check_paired(source.info(), population(), batch);
  unlabelled_ = Order(population(), mix(seed, Stream::order_unlabelled));
}

Loader::~Loader() {
  if (next_.valid()) next_.wait();
}

Batch Loader::at(int64_t step) {
  if (next_.valid() && next_step_ != step) {
    next_.wait();
    next_ = {};
  }
  Batch batch = next_.valid() ? next_.get() : make(step);
  next_step_ = step + 1;
  next_ = std::async(std::launch::async, [this, step] { return make(step + 1); });
  return batch;
}

int64_t Loader::steps_per_epoch() const {
  return std::max<int64_t>(population() / batch_, 1);
}

int64_t Loader::population() const {
  return partners_ ? std::ssize(partners_->paired()) : source_.count(Split::unlabelled);
}

Indices Loader::main_examples(int64_t first) {
  Indices examples = unlabelled_.take(first, batch_);
  if (partners_)
    for (int64_t& example : examples) example = partners_->paired()[static_cast<size_t>(example)];
  return examples;
}

Batch Loader::make(int64_t step) {
  const int64_t first = step * batch_;
  const Indices examples = main_examples(first);
  Batch batch;
  batch.population = population();
  batch.main = drawn(needs_.main, Split::unlabelled, examples);
  if (const int64_t times = needs_.second.batches; needs_.second.wanted)
    batch.second = drawn(needs_.second, Split::unlabelled, second_.take(times * first, times * batch_));
  if (partners_) batch.partner = drawn(needs_.partner, Split::unlabelled, partners_->of(examples, step));
  if (needs_.reference.wanted)
    batch.reference = drawn(needs_.reference, Split::reference, reference_.take(first, batch_));
  if (needs_.labelled > 0) batch.labelled = labelled_batch(step);
  return batch;
}

Examples Loader::drawn(const Draw& draw, Split split, const Indices& indices) const {
  return {source_.examples(split, indices), draw.labels ? source_.attributes(split, indices) : Tensor()};
}

Examples Loader::labelled_batch(int64_t step) {
  const int64_t size = std::min(batch_, needs_.labelled);
  Indices examples;
  for (const int64_t place : labelled_order_.take(step * size, size))
    examples.push_back(labelled_[static_cast<size_t>(place)]);
  return drawn({true, true}, Split::unlabelled, examples);
}

int64_t main_population(const DataSource& source, const Needs& needs) {
  const int64_t all = source.count(Split::unlabelled);
  const bool fewer = needs.partner.wanted && needs.lonely == Lonely::leave_out && all > 0;
  if (!fewer || attributes_of(source.info()).empty()) return all;
  return std::ssize(Partners(source, 0, needs.lonely).paired());
}

}  // namespace refract
