// What the commands share for models of rows: tables come in, tables go out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/train/run.h"

namespace refract {

struct NamedRows {
  Tensor examples;                 // [N, D] in the units of the model's space
  std::vector<std::string> names;  // as the tables have them, else where they stand: "line 2"
};

// The rows of these files (data/files/table_file.h), one after the other: the columns that the run was trained on, in
// the run's units. Of missing values the run's option says what becomes of them: refused, or the mean of the training.
// Throws BadInput as read_table.
NamedRows read_rows(const OpenedRun& opened, const std::vector<std::string>& files);

// Writes rows as CSV in the table's own units: the column `name`, then the columns of the training.
Result written_rows(const OpenedRun& opened, const NamedRows& rows, const std::filesystem::path& file);

// Each row of `common` with the block of each row of `target`.
NamedRows transferred_rows(const Model& model, const NamedRows& target, const NamedRows& common, size_t block);

// Each row under `variants` codes of the block from its prior.
NamedRows synthesized_rows(const Model& model, const NamedRows& rows, int64_t variants, uint64_t seed, size_t block);

// As many as the panels and places of pictures: target codes of a panel, the others of a place.
NamedRows sampled_rows(const Model& model, int64_t panels, int64_t positions, uint64_t seed);

// `samples` rows of each class of each category: "c = 2, sample 1".
NamedRows class_sampled_rows(const Model& model, int64_t samples, uint64_t seed,
                             const std::vector<Attribute>& attributes);

}  // namespace refract
