// Cells of tables as numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "refract/data/files/table_file.h"

namespace refract {

enum class CellKind { number, missing, text, infinite, too_large };  // too large for float32

struct NumberCell {
  CellKind kind = CellKind::missing;
  double value = 0;  // of a number; what is too small for a double is 0
};

// The cell without the blanks around it.
std::string_view without_blanks(std::string_view cell);

// Of a cell without blanks. Numbers have a decimal point and no others between their digits.
bool is_missing(std::string_view cell);
NumberCell number_cell(std::string_view cell);

// As a sentence shows a cell: at most 40 bytes of it, whole characters, within quotes.
std::string quoted_cell(std::string_view cell);

// "'a', 'b' and 3 more": the first `most`.
std::string some_of(const std::vector<std::string>& texts, size_t most);

// The features' cells, turned into numbers one after the other.
class FeatureCells {
 public:
  // `unit`: what the places below count, "line" or "row".
  FeatureCells(const TableQuery& query, std::string unit, const std::vector<std::string>& columns);

  // The cell as a number; NaN where it is missing. Throws BadInput for what the query does not allow; text is only
  // remembered, so that finish can list all columns that have it.
  float of(size_t column, std::string_view cell, int64_t place);
  [[nodiscard]] float of(size_t column, double value, int64_t place) const;  // missing where it is NaN

  // Throws BadInput where text was met.
  void finish() const;

 private:
  struct Texts {
    int64_t count = 0, place = 0;  // place of the first
    std::string first;
  };
  [[noreturn]] void refuse(size_t column, int64_t place, const std::string& expected, const std::string& found) const;
  [[noreturn]] void refuse_kind(size_t column, CellKind kind, std::string_view cell, int64_t place) const;
  [[nodiscard]] float counted(size_t column, double value, int64_t place) const;

  std::filesystem::path file_;
  bool counts_;
  std::vector<std::string> colours_;
  std::string unit_;
  std::vector<std::string> columns_;
  std::vector<Texts> texts_;
};

}  // namespace refract
