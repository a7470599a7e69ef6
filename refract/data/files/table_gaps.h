// Cells of a table without a value.
#pragma once

#include <vector>

#include "refract/data/files/table_rows.h"

namespace refract {

// Keeps the rows whose flag is set; flags of another table's rows go the same way.
void keep_rows(RawTable& table, const std::vector<bool>& keep);
void keep_rows(std::vector<bool>& flags, const std::vector<bool>& keep);

// Refuses, or flags the rows that are to be dropped, by the query's policy, with a note. [N]; empty where none is.
// A label may be missing where a row is not unlabelled.
std::vector<bool> rows_to_drop(RawTable& table, const TableQuery& query, const std::vector<bool>& unlabelled);

// [D]: of each column over the rows of either set, without its gaps; 0 where it has nothing else there.
std::vector<float> column_means(const RawTable& table, const std::vector<bool>& in_a_set);

// Puts the query's `fill`, or the mean, where a value is missing, with a note. Throws BadInput where there is neither.
void fill_gaps(RawTable& table, const TableQuery& query, const std::vector<float>& means,
               const std::vector<bool>& in_a_set);

}  // namespace refract
