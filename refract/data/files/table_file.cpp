#include "refract/data/files/table_file.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "refract/core/files.h"
#include "refract/core/inflater.h"
#include "refract/data/files/table_rows.h"

namespace refract {
namespace {

constexpr size_t most_table_bytes = size_t{3} << 30;

void check_query(const RawTable& table, const TableQuery& query) {
  if (query.counts && query.missing == MissingPolicy::mean)
    table.refuse("a mean is no count, so that --missing mean cannot stand beside counts. Give --missing drop.");
  if (!query.fill.empty() && query.fill.size() != query.columns.size())
    table.refuse(fmt::format("expected a value to fill in for each of the {} columns, found {}.", query.columns.size(),
                             query.fill.size()));
}

struct OtherKind {
  std::string_view begin;
  std::string_view found;
  std::string_view advice;
};

constexpr std::string_view as_csv = "Export it as CSV";
constexpr std::string_view unpacked = "Unpack it, or pack it with gzip instead";

// Files that are given for tables.
constexpr std::array<OtherKind, 15> other_kinds = {{
    {"\xd0\xcf\x11\xe0", "a workbook of Excel (.xls)", as_csv},
    {"\x89HDF\r\n", "HDF5 (.h5, .h5ad, .loom)",
     "Save its matrix with numpy.savez(file, data=..., columns=..., names=...)"},
    {"\x93NUMPY", "a single array of NumPy (.npy)", "Save it with numpy.savez(file, data=..., columns=...)"},
    {"ARROW1", "Apache Arrow (.feather)", as_csv},
    {"SQLite format 3", "a database of SQLite", as_csv},
    {"%PDF-", "a PDF document", as_csv},
    {"%%MatrixMarket", "a sparse matrix (.mtx)", "Save it with numpy.savez(file, data=matrix.toarray(), columns=...)"},
    {"\xff\xfe", "text in UTF-16", "Save it as 'CSV UTF-8'"},
    {"\xfe\xff", "text in UTF-16", "Save it as 'CSV UTF-8'"},
    {"BZh91AY&SY", "a file packed by bzip2", unpacked},
    {"\xfd"
     "7zXZ",
     "a file packed by xz", unpacked},
    {"\x28\xb5\x2f\xfd", "a file packed by zstd", unpacked},
    {"version https://git-lfs", "where Git LFS has a file, not the file", "Fetch it with git lfs pull"},
    {"<", "a web page or XML", "Fetch the table itself"},
    {"{", "JSON", as_csv},
}};

void check_kind(const RawTable& table, std::string_view bytes) {
  constexpr const char* sentence = "expected CSV, TSV or an archive of NumPy (.npz), found {}. {}.";
  if (bytes.starts_with("PAR1") && bytes.ends_with("PAR1")) table.refuse(fmt::format(sentence, "Parquet", as_csv));
  for (const OtherKind& kind : other_kinds)
    if (bytes.starts_with(kind.begin)) table.refuse(fmt::format(sentence, kind.found, kind.advice));
  if (bytes.find_first_not_of("\xef\xbb\xbf \t\r\n") == std::string_view::npos)
    table.refuse("expected a header and rows, found an empty file.");
}

std::string file_bytes(const RawTable& table) {
  std::error_code ignored;
  if (!std::filesystem::exists(table.file, ignored)) table.refuse("there is no such file. Name the file of the table.");
  if (std::filesystem::is_directory(table.file, ignored))
    table.refuse("expected a file, found a folder. Name a file in it.");
  return read_file(table.file, most_table_bytes);
}

// Counted before it is held: a few megabytes may unpack to any number of gigabytes.
std::string unpacked_text(const RawTable& table, const std::string& packed) {
  Inflater counted(packed);
  const uint64_t size = counted.pass_over(most_table_bytes + 1);
  if (counted.damaged())
    table.refuse(
        fmt::format("its gzip stream is damaged or ends early, after {} bytes of text. Fetch or pack it again.", size));
  if (size > most_table_bytes)
    table.refuse(fmt::format("expected at most {} bytes when it is unpacked, found more. Leave out rows or columns.",
                             most_table_bytes));
  std::string text;
  text.reserve(size);
  Inflater(packed).read(text, size);
  return text;
}

RawTable read_raw(const TableQuery& query) {
  RawTable table;
  table.file = query.file;
  check_query(table, query);
  std::string bytes = file_bytes(table);
  if (is_gzip(bytes)) bytes = unpacked_text(table, bytes);
  std::string sum = sha256(bytes);
  check_kind(table, bytes);
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) {
    bytes = std::string();  // the archive is read array by array
    table = read_npz_table(query);
  } else {
    table = read_text_table(query, std::move(bytes));
  }
  table.sha256 = std::move(sum);
  return table;
}

}  // namespace

MissingPolicy missing_policy(const std::string& word) {
  if (word == "mean") return MissingPolicy::mean;
  return word == "drop" ? MissingPolicy::drop : MissingPolicy::refuse;
}

Table read_table(const TableQuery& query) {
  return table_of(read_raw(query), query);
}

}  // namespace refract
