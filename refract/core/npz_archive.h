// The arrays of a NumPy archive, one at a time, as they lie in it: what npz_file.h is made of.
#pragma once

#include <zip.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/npy_header.h"
#include "refract/core/tensor.h"

namespace refract {

// A type of numbers that NumPy stores.
struct NpzType {
  std::string_view name;  // NumPy's
  at::ScalarType stored;  // as wide, to read the bytes into
  at::ScalarType wanted;  // what holds all its values
  int64_t unsigned_bits;  // for those that LibTorch only has with a sign; else 0
};

// That of the array; null for text, objects, complex and big-endian values.
const NpzType* number_type(const NpyHeader& header);

// A ZIP file. What it throws is BadInput.
class NpzArchive {
 public:
  // Throws for a file that is missing or no ZIP archive, and for more than 4,096 entries.
  explicit NpzArchive(const std::filesystem::path& file);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] zip_t* zip() const { return zip_.get(); }
  [[nodiscard]] std::vector<std::string> names() const;  // of arrays, in the archive's order

 private:
  struct Close {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };
  std::filesystem::path file_;
  std::unique_ptr<zip_t, Close> zip_;
};

// One array of an archive: its header, then its values from first to last. Every function throws BadInput for an array
// that is damaged, or whose archive says of it what cannot be.
class NpzReader {
 public:
  NpzReader(const NpzArchive& archive, const std::string& name);

  [[nodiscard]] const NpyHeader& header() const { return header_; }

  // Throws unless the archive holds all values of the array, `width` bytes each, and nothing else. Returns how many
  // bytes they are.
  [[nodiscard]] size_t expect_values_of(size_t width) const;

  // Throws where more than `most` bytes would be held at once.
  void expect_at_most(size_t bytes, size_t most) const;

  // The next values, of these sizes, with the type that they have in memory.
  [[nodiscard]] Tensor next(const std::vector<int64_t>& sizes, const NpzType& type);
  void read(void* to, size_t count);

  // The checksum is tested where the end is met.
  void finish();

 private:
  void expect_possible(const zip_stat_t& about) const;
  [[noreturn]] void damaged(const std::string& why) const;

  struct Close {
    void operator()(zip_file_t* stream) const { zip_fclose(stream); }
  };
  std::filesystem::path file_;
  std::string name_;
  size_t size_ = 0;
  std::unique_ptr<zip_file_t, Close> stream_;
  NpyHeader header_;
};

}  // namespace refract
