// Data set `table`: the rows of a file of numbers (files/table_file.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct TableOptions {
  std::string table;
  std::string reference_where, unlabelled_where;
  std::string label, factor, colour, ignore, name;
  std::string missing = "refuse";
  bool counts = false;
  int64_t data_seed = 1;
  Options describe();
};

// Columns are standardised by the mean and the deviation of the rows that train; info().columns has both. Counts stay
// as they are, and the typical sum of the space is the median of these rows. Of unlabelled and of reference rows a
// tenth each, drawn by data_seed, of every class where there are labels, fits the probes and another tenth scores them.
// The label makes the classes. Factors that are text have as many values as there are; numbers are brought to [0, 1] by
// the least and the greatest; columns to colour by keep their numbers. Throws BadInput as read_table, and where no file
// is named, more than 12 columns are to colour, or missing is no known word.
std::unique_ptr<DataSource> make_table(const TableOptions& options);

}  // namespace refract
