#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/data/files/text_lines.h"
#include "refract/data/sets/celeba.h"

namespace refract {
namespace {

// Words stand apart by one or more spaces; "" after the last.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return take_until(line, ' ');
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) words.emplace_back(word);
  return words;
}

// One image's attributes, after its name.
void read_row(std::string_view line, const TextLines& lines, int64_t attributes, bool* out) {
  for (int64_t k = 0; k < attributes; ++k) {
    const std::string_view word = take_word(line);
    if (word != "1" && word != "-1") lines.refuse(fmt::format("the name of an image and {} times 1 or -1", attributes));
    *out++ = word == "1";
  }
  if (!take_word(line).empty()) lines.refuse(fmt::format("only {} attributes", attributes));
}

void read_attributes(const std::filesystem::path& file, CelebaTable& table) {
  constexpr int64_t most = 10'000'000;
  TextLines lines(file);
  std::string_view line;
  const int64_t count = lines.next(line) ? number_up_to(most, take_word(line)) : -1;
  if (count < 1) lines.refuse("the number of images");
  if (lines.next(line)) table.names = words_of(line);
  if (table.names.empty()) lines.refuse("the names of the attributes");
  const auto attributes = static_cast<int64_t>(table.names.size());
  table.values = at::empty({count, attributes}, at::kBool);
  for (int64_t i = 0; i < count; ++i) {
    if (!lines.next(line)) lines.refuse(fmt::format("{} more images after it; the file is truncated", count - i));
    table.files.emplace_back(take_word(line));
    read_row(line, lines, attributes, table.values.data_ptr<bool>() + i * attributes);
  }
  table.checksums[file.filename().string()] = lines.sha256();
}

void read_parts(const std::filesystem::path& file, CelebaTable& table) {
  TextLines lines(file);
  std::string_view line;
  for (const std::string& name : table.files) {
    if (!lines.next(line)) lines.refuse(fmt::format("a line for {} after it; the file is truncated", name));
    if (take_word(line) != name) lines.refuse(fmt::format("{}, as in list_attr_celeba.txt", name));
    const int64_t part = number_up_to(2, take_word(line));
    if (part < 0) lines.refuse("0, 1 or 2 after the name of the image");
    table.parts.push_back(static_cast<CelebaPart>(part));
  }
  table.checksums[file.filename().string()] = lines.sha256();
}

}  // namespace

CelebaTable read_celeba(const std::filesystem::path& folder) {
  const auto attributes = folder / "list_attr_celeba.txt", parts = folder / "list_eval_partition.txt";
  if (!std::filesystem::exists(attributes))
    throw BadInput(
        fmt::format("Reading CelebA from {}: expected list_attr_celeba.txt and the folder img_align_celeba, found no "
                    "such file. Name the folder with --celeba_dir.",
                    folder.string()));
  CelebaTable table;
  read_attributes(attributes, table);
  if (std::filesystem::exists(parts)) read_parts(parts, table);
  return table;
}

}  // namespace refract
