#include "refract/report/examples.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/draw/canvas.h"
#include "refract/draw/picture.h"

namespace refract {

std::vector<std::filesystem::path> write_examples(const DataSource& data, Split split, int64_t count,
                                                  const std::filesystem::path& folder, const OnProgress& on_progress) {
  const Indices indices = all_indices(std::min(count, data.count(split)));
  if (indices.empty())
    throw BadInput(fmt::format("Writing images of {}: its split {} is empty. Choose another --split.", data.info().name,
                               name_of(split)));
  std::vector<std::filesystem::path> files;
  for (const int64_t i : indices) {
    if (on_progress) on_progress({"Writing images", i, std::ssize(indices)});
    const Tensor image = to_bytes(data.examples(split, {i}))[0];
    write_file(files.emplace_back(folder / fmt::format("{}-{}.png", name_of(split), i + 1)), png(image));
  }
  return files;
}

}  // namespace refract
