// Which pictures of a folder resemble one picture in their target factors, and which in their common ones: retrieval
// with a trained model, whatever its method.
#include <ATen/ops/argsort.h>
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/data/files/image_file.h"
#include "refract/train/machine_set_up.h"
#include "refract/train/run.h"

namespace {

// Positions of the rows of `codes` from the nearest to the farthest from `code`, [1, D].
std::vector<int64_t> by_distance(const refract::Tensor& codes, const refract::Tensor& code) {
  const refract::Tensor order = (codes - code).square().sum(1).argsort().contiguous();
  return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel()};
}

void run(const std::vector<std::string>& words) {
  if (words.size() != 3)
    throw refract::BadInput("Usage: nearest RUN PICTURE FOLDER, a trained run, a picture and a folder of pictures.");
  const refract::OpenedRun opened = refract::open_run(words[0], false);
  const refract::Model& model = *opened.method;

  const auto read = [&](const std::string& path) {
    return refract::read_images(refract::list_images(path), model.space(), false);
  };
  const refract::ImagesRead pictures = read(words[2]);
  const refract::Codes codes = refract::encode_all(model, pictures.images);
  const refract::Codes asked = refract::encode_all(model, read(words[1]).images);

  for (size_t k = 0; k < model.blocks().size(); ++k) {
    fmt::print("{} ({}):", model.blocks()[k].name, refract::name_of(model.blocks()[k].role));
    const std::vector<int64_t> order = by_distance(codes[k], asked[k].slice(0, 0, 1));
    for (size_t i = 0; i < std::min<size_t>(5, order.size()); ++i)
      fmt::print(" {}", pictures.files[order[i]].filename().string());
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  refract::set_up_machine(argv);
  run({argv + 1, argv + argc});
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
