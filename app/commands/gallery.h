// Examples to search for or among: the user's own, or held-out ones of a run's data.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/commands/own_images.h"
#include "app/commands/row_command.h"
#include "refract/eval/search.h"
#include "refract/train/run.h"

namespace refract {

struct Gallery {
  std::vector<std::string> names;    // for people
  std::vector<std::string> keys;     // the same where it may be the same example: whole paths, names of rows
  std::vector<std::string> classes;  // one for each; empty where nobody knows
  Codes codes;                       // on the CPU
  std::string what;                  // "12 own images", for sentences

  // Of these rows, [n] int64: [n, sizes...] in the units of the model's space.
  std::function<Tensor(const Tensor& rows)> originals;
  // The same as they are shown: pictures as to_bytes makes them.
  std::function<Tensor(const Tensor& rows)> examples;

  [[nodiscard]] int64_t count() const { return std::ssize(names); }
};

// Read and encoded. Throw BadInput as the readers do, and for codes that are not finite.
Gallery own_gallery(const Model& model, const OwnImages& images);
Gallery own_gallery(const Model& model, const NamedRows& rows);

// With codes at hand, or encoded here. The run must outlive the gallery.
Gallery held_out_gallery(const OpenedRun& opened, const HeldOutExamples& chosen, Codes codes);
Gallery held_out_gallery(const OpenedRun& opened, const HeldOutExamples& chosen);

// A search for the one among the other, with the classes as what is known and, where they are, with baselines. The
// query itself is a candidate with its key, else the nearest by all codes, if that is the same picture or row.
Search search_among(const OpenedRun& opened, const Gallery& queries, const Gallery& candidates,
                    const OnProgress& on_progress = {});

}  // namespace refract
