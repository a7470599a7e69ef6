#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/output_file.h"
#include "app/own_images.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/npz_writer.h"
#include "refract/eval/representation.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct Arguments {
  std::string run;
  OwnImages images;
  bool factors = false;
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

// The codes that metrics read, all blocks without classes together, and the factors they are compared with.
std::string archive_with_factors(const Model& model, const DataSource& data) {
  const std::vector<Representation> rows = representations(model, data, 0);
  std::vector<NpzArray> arrays = {npz_array("codes", rows.front().codes),
                                  npz_array("factors", rows.front().factors.values),
                                  npz_array("factor_names", rows.front().factors.names)};
  for (const Block& block : model.blocks())
    for (const Representation& row : rows)
      if (row.name == block.name) arrays.push_back(npz_array(block.name, row.codes));
  return npz(arrays);
}

Result run_with_factors(const Arguments& arguments) {
  if (!arguments.images.paths.empty())
    throw BadInput(
        "Encoding with --factors: expected no images, since those of the run's data set are encoded, found some. Leave "
        "out one of the two.");
  const std::filesystem::path file = arguments.out.resolve("codes");
  if (file.extension() == ".csv")
    throw BadInput(fmt::format("Encoding with --factors: expected an .npz file to write, found {}.", file.string()));
  const OpenedRun opened = open_run(arguments.run, true);
  if (const std::string missing = lacks_factors(*opened.data); !missing.empty())
    throw BadInput(fmt::format("Encoding with --factors: {}", missing));
  write_file(file, archive_with_factors(*opened.method, *opened.data));
  const int64_t images = opened.data->count(Split::fit) + opened.data->count(Split::score);
  return {fmt::format("{} holds the codes and factors of {} images.\n", file.string(), images),
          {{"file", file.string()}, {"images", images}}};
}

Result run(const Arguments& arguments) {
  if (arguments.factors) return run_with_factors(arguments);
  if (arguments.images.paths.empty())
    throw BadInput("Encoding: expected images or folders after the run, or --factors for those of its data set.");
  const std::filesystem::path file = arguments.out.resolve("codes");
  const OpenedRun opened = open_run(arguments.run, false);
  const EncodedImages own = arguments.images.encoded(*opened.method, arguments.images.files(), false);
  const std::vector<Block>& blocks = opened.method->blocks();
  const Codes& codes = own.codes;
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
  arguments->images.declare(app, false);
  app.add_flag("--factors", arguments->factors,
               "instead of images, those that the run is evaluated by, with their factors, for `refract metrics`");
  arguments->out.declare(app, {".npz", ".csv"});
  return [arguments](const Invocation&) { return run(*arguments); };
}

}  // namespace

Command encode_command() {
  return {
      "encode",
      "Write the latent codes of images as a NumPy archive or as CSV.",
      "An .npz file has one float32 array for each latent block, named as the block, and the array `files`; "
      "numpy.load\n"
      "opens it; with --factors it has `codes`, `factors` and `factor_names` instead of the last. A .csv file has a\n"
      "header and one line for each image. Codes are means of the posterior.",
      {"bin/refract encode runs/demo runs/demo/examples",
       "bin/refract encode runs/demo --factors --out codes.npz --overwrite",
       "bin/refract encode runs/demo runs/demo/examples --out codes.csv --overwrite"},
      declare};
}

}  // namespace refract
