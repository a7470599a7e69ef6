#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/npz.h"
#include "app/output_file.h"
#include "app/own_images.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct Arguments {
  std::string run;
  OwnImages images;
  OutputFile out;
};

std::vector<std::string> texts(const Paths& paths) {
  std::vector<std::string> all;
  for (const auto& path : paths) all.push_back(path.string());
  return all;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string all = "\"";
  for (const char c : text) all += c == '"' ? std::string("\"\"") : std::string(1, c);
  return all + '"';
}

// A header "file,e_1,e_2,...,z_1,...", then a line for each image.
std::string csv(const std::vector<Block>& blocks, const Codes& codes, const Paths& files) {
  std::string text = "file";
  for (const Block& block : blocks)
    for (int64_t i = 1; i <= block.size; ++i) text += fmt::format(",{}_{}", block.name, i);
  text += '\n';
  for (size_t n = 0; n < files.size(); ++n) {
    text += quoted(files[n].string());
    for (const Tensor& code : codes) {
      const Tensor row = code[static_cast<int64_t>(n)].contiguous();
      for (int64_t i = 0; i < row.numel(); ++i) text += fmt::format(",{}", row.data_ptr<float>()[i]);
    }
    text += '\n';
  }
  return text;
}

std::string archive(const std::vector<Block>& blocks, const Codes& codes, const Paths& files) {
  std::vector<NpzArray> arrays;
  for (size_t b = 0; b < blocks.size(); ++b) arrays.push_back(npz_array(blocks[b].name, codes[b]));
  arrays.push_back(npz_array("files", texts(files)));
  return npz(arrays);
}

Result run(const Arguments& arguments) {
  const std::filesystem::path file = arguments.out.resolve("codes");
  const OpenedRun opened = open_run(arguments.run, false);
  const ImagesRead own = arguments.images.read(opened.method->shape());
  const std::vector<Block>& blocks = opened.method->blocks();
  const Codes codes = encode_all(*opened.method, own.images);
  write_file(file, file.extension() == ".csv" ? csv(blocks, codes, own.files) : archive(blocks, codes, own.files));

  Json sizes;
  std::string names;
  for (const Block& block : blocks) {
    sizes[block.name] = block.size;
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", block.name, block.size);
  }
  return {fmt::format("{} holds the codes of {} images: {}.\n", file.string(), own.files.size(), names),
          {{"file", file.string()}, {"images", texts(own.files)}, {"left_out", texts(own.skipped)}, {"blocks", sizes}}};
}

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("RUN", arguments->run, "folder of a trained run")->type_name("")->required();
  arguments->images.declare(app);
  arguments->out.declare(app, {".npz", ".csv"});
  return [arguments](const Invocation&) { return run(*arguments); };
}

}  // namespace

Command encode_command() {
  return {"encode",
          "Write the latent codes of images as a NumPy archive or as CSV.",
          "An .npz file has one float32 array for each latent block, named as the block, and the array `files`; "
          "numpy.load\n"
          "opens it. A .csv file has a header and one line for each image. Codes are means of the posterior.",
          {"bin/refract encode runs/demo runs/demo/examples",
           "bin/refract encode runs/demo runs/demo/examples --out codes.csv --overwrite"},
          declare};
}

}  // namespace refract
