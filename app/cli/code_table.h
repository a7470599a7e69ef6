// Codes of examples beside what is known of these: what `refract encode` writes and `refract metrics` reads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

constexpr const char* class_column = "class";  // the array or column of the examples' classes

struct CodeBlock {
  std::string name;          // "e"
  Tensor codes;              // [N, D]
  bool categorical = false;  // each row has a probability for each of D classes
};

// All of the same N examples.
struct CodeTable {
  std::vector<CodeBlock> blocks;
  std::vector<std::string> files;         // N; empty where the examples have no names
  std::vector<std::string> classes;       // N, the name of each example's class; empty where there are none
  std::vector<std::string> factor_names;  // K
  Tensor factors;                         // [N, K] float64; undefined where there are none
};

// All blocks side by side but the categorical ones, or these too where there are no others.
Tensor joined_codes(const CodeTable& table);

// An archive of NumPy (.npz) has an array for each block, named as it, and `class`, the classes, where these are known.
// With names of examples there is `files`; without, `codes`, joined_codes() of the table, `factors` and `factor_names`,
// where the classes are the one factor if there is no other.
std::string to_npz(const CodeTable& table);

// CSV has a header "file,e_1,e_2,...,z_1,..., factors, class" and a line for each example. A factor whose name would be
// read as something else, such as "class" or "e_3", has the prefix "factor:" there.
std::string to_csv(const CodeTable& table);

// Each is the inverse of one above. They also take what other programs write, and tell categorical blocks by their
// values.
//
// An archive has `codes` [N, D] or [N], or else an array of real numbers for each block; it may have `factors` [N, K]
// or [N], numbers or text, `factor_names`, K texts, `class` and `files`. In CSV, columns NAME_1, NAME_2, ... are a
// block NAME, `file` and `class` have these meanings, and any other column is a factor, without a prefix "factor:" that
// its name may have. Text that is no number becomes the number of its value among all values in order.
//
// Both throw BadInput, naming the file: codes that are not there or no numbers, arrays of unequal length or more
// dimensions, and as read_npz and CsvReader do.
CodeTable read_npz_codes(const std::filesystem::path& file);
CodeTable read_csv_codes(const std::filesystem::path& file);

// [N] float64: the numbers that the texts are, if all are; else of each text its place among all different ones in
// order.
Tensor numbers_of(const std::vector<std::string>& texts);

bool is_number(const std::string& text);

// Whether all rows of codes [N, D], D > 1, are probabilities.
bool are_probabilities(const Tensor& codes);

}  // namespace refract
