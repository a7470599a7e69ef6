// Conditions on the rows of a table, as a user writes them: "condition=control and age>=18".
#pragma once

#include <string>
#include <vector>

#include "refract/data/files/table_rows.h"

namespace refract {

// One of =, !=, <, <=, > and >= (== is =). Cells equal a value that is the same text or the same number; the other
// four compare numbers.
struct Comparison {
  std::string column, sign, value;
};

struct Condition {
  std::string text;                     // as it was written
  std::vector<Comparison> comparisons;  // of which each has to hold
};

// Comparisons are joined by " and "; a column or value that has a sign or " and " in it stands in quotes, double or
// single. Of "" there are none. Throws BadInput, naming `option`.
Condition read_condition(const std::string& option, const std::string& text);

// For each row whether it meets the condition. A cell without a value meets only = with its own spelling; where a
// condition did not ask for that, a note says how many there were. Throws BadInput where text is to be compared as a
// number, and, with values that the column has, where no row meets the condition.
std::vector<bool> rows_meeting(const Condition& condition, RawTable& table);

}  // namespace refract
