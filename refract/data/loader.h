// Batches of a data set as a function of the step number.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string>

#include "refract/data/batch.h"
#include "refract/data/order.h"
#include "refract/data/partners.h"
#include "refract/data/source.h"

namespace refract {

// Main, reference, second and labelled examples are each walked through in an order shuffled anew every pass,
// independently of one another; partners are drawn anew for each of main; which examples are labelled is drawn once
// from the seed. Where partners are wanted and examples that have none are to be left out (Needs::lonely), main
// examples are those that have one. The batch of a step depends on (seed, step) alone, so nothing needs saving to
// resume. The following batch is prepared on a thread of its own meanwhile.
class Loader {
 public:
  // `source` must outlive the loader. Throws BadInput where the source cannot supply what is needed, or has fewer
  // images than one batch or fewer labels than asked for.
  Loader(const DataSource& source, const Needs& needs, int64_t batch, uint64_t seed);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Throws what the source throws. A failure while preparing the following batch is thrown when that batch is asked
  // for.
  Batch at(int64_t step);

  // The images whose labels batches show, numbers of split unlabelled in ascending order; empty unless needed.
  [[nodiscard]] const Indices& labelled() const { return labelled_; }

  // Steps in one pass over the main examples, at least 1; what is left over of a pass joins the next.
  [[nodiscard]] int64_t steps_per_epoch() const;

  // A sentence or two on examples that were left out for want of a partner; "" where there are none.
  [[nodiscard]] std::string note() const { return partners_ ? partners_->note() : ""; }

 private:
  Batch make(int64_t step);
  [[nodiscard]] int64_t population() const;
  [[nodiscard]] Indices main_examples(int64_t first);
  [[nodiscard]] Examples drawn(const Draw& draw, Split split, const Indices& indices) const;
  [[nodiscard]] Examples labelled_batch(int64_t step);

  const DataSource& source_;
  Needs needs_;
  int64_t batch_;
  Order unlabelled_;  // places in the list of those that have a partner where some have none
  Order reference_;
  Order second_;
  Indices labelled_;
  Order labelled_order_;  // places in labelled_
  std::optional<Partners> partners_;
  int64_t next_step_ = -1;
  std::future<Batch> next_;  // the one thread that may be inside make()
};

// How many unlabelled examples main would draw from. Throws BadInput where none has a partner that needs one.
int64_t main_population(const DataSource& source, const Needs& needs);

}  // namespace refract
