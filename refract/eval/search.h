// What to search for and among in latent blocks, and what is known of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

// The label, an attribute or a factor of the examples.
struct KnownValues {
  std::string name;
  Tensor of_queries;     // [Q] int64, -1 where unknown
  Tensor of_candidates;  // [C] int64
};

// What a row of a table searches by.
struct SearchedCodes {
  std::string name;            // "e", "untrained encoder", "raw pixels"
  Tensor queries, candidates;  // [Q, D] and [C, D] on the CPU
};

struct Search {
  Codes queries, candidates;  // posterior means on the CPU, [Q, size] and [C, size] a block
  Tensor own;                 // [Q] int64: which candidate is the query itself, -1 for none
  std::vector<KnownValues> known;
  std::string protocol;                       // which examples these are, in sentences
  std::string note = {};                      // what of them is not measured; "" for nothing
  std::vector<SearchedCodes> baselines = {};  // what blocks are to be read against
};

// Examples by their rows, [n] int64: [n, sizes...] in the units of the space, on the CPU.
struct SearchedExamples {
  int64_t count = 0;
  std::function<Tensor(const Tensor& rows)> read;
};

// Adds the baselines of baselines.h, columns of rows in standard deviations of the candidates, and what they are to
// the protocol. The examples are read and encoded a slice at a time.
void add_baselines(Search& search, const Space& space, const Model* untrained, const SearchedExamples& queries,
                   const SearchedExamples& candidates);

// Held-out examples by their numbers in the two splits; those of split fit come first.
struct HeldOutExamples {
  Indices fit, score;
  [[nodiscard]] int64_t count() const { return std::ssize(fit) + std::ssize(score); }
};

// Drawn by the seed: at most `most` of split score to search for, of which fewer are the first of more, and at most
// 5,000 of both splits to search among. Throws BadInput where split score is empty.
HeldOutExamples drawn_queries(const DataSource& data, uint64_t seed, int64_t most = 1000);
HeldOutExamples drawn_candidates(const DataSource& data, uint64_t seed);

// Posterior means, read and encoded a slice at a time. Throws BadInput where they are not finite.
Codes codes_of(const Model& model, const DataSource& data, const HeldOutExamples& chosen);

// Some of them by their rows, [n] int64: [n, sizes...].
Tensor examples_of(const DataSource& data, const HeldOutExamples& chosen, const Tensor& rows);

// The row of each query among the candidates, -1 where it is none of them: [Q] int64.
Tensor rows_among(const HeldOutExamples& queries, const HeldOutExamples& candidates);

// Both drawn, with all that the data set knows of them: its label, attributes and ground-truth factors; and with
// baselines, an untrained model among them where there is one.
struct HeldOutSearch {
  HeldOutExamples queries, candidates;
  Search search;
};
HeldOutSearch held_out_search(const Model& model, const DataSource& data, uint64_t seed,
                              const Model* untrained = nullptr);

// "score 12": the example's split and its number there, counted from 1, as in the names of a run's example images.
std::vector<std::string> names_of(const HeldOutExamples& chosen);

}  // namespace refract
