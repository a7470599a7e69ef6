#include <ATen/ops/cat.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <memory>
#include <set>

#include "app/cli/code_table.h"
#include "app/cli/option_flags.h"
#include "app/cli/output_file.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/own_images.h"
#include "app/commands/row_command.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/features.h"
#include "refract/eval/representation.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct EncodeArguments {
  std::string run;
  OwnImages images;
  bool factors = false;
  OutputFile out;
  KeyValues places;
};

std::vector<std::string> texts(const Paths& paths) {
  std::vector<std::string> all;
  for (const auto& path : paths) all.push_back(path.string());
  return all;
}

std::vector<CodeBlock> blocks_of(const Model& model, const Codes& codes) {
  std::vector<CodeBlock> blocks;
  for (size_t b = 0; b < codes.size(); ++b)
    blocks.push_back({model.blocks()[b].name, codes[b], model.blocks()[b].categorical});
  return blocks;
}

void write_table(const std::filesystem::path& file, const CodeTable& table) {
  write_file(file, file.extension() == ".csv" ? to_csv(table) : to_npz(table));
}

// Of the examples of splits fit and score, one after the other.
std::vector<std::string> class_names(const DataSource& data) {
  std::vector<std::string> names;
  for (const Split split : {Split::fit, Split::score}) {
    const Tensor labels = data.labels(split, all_indices(data.count(split))).to(at::kCPU);
    for (int64_t i = 0; i < labels.numel(); ++i)
      names.push_back(data.info().classes.at(static_cast<size_t>(labels[i].item<int64_t>())));
  }
  return names;
}

// The examples that a run is evaluated by.
CodeTable table_of(const Model& model, const DataSource& data) {
  const Codes fit = split_codes(model, data, Split::fit);
  const Codes score = split_codes(model, data, Split::score);
  Codes codes;
  for (size_t b = 0; b < fit.size(); ++b) codes.push_back(at::cat({fit[b], score[b]}));
  CodeTable table;
  table.blocks = blocks_of(model, codes);
  if (!data.info().classes.empty()) table.classes = class_names(data);
  if (data.info().factors.empty()) return table;
  const Factors factors = factors_in(data);
  if (!factors.left_out.empty()) say(factors.left_out);
  table.factor_names = factors.names;
  table.factors = factors.values;
  return table;
}

// Why they cannot be written beside what is known of them; "" where they can.
std::string lacks_knowledge(const DataSource& data) {
  if (data.info().factors.empty() && data.info().classes.empty())
    return fmt::format("The data set {} has neither ground-truth factors nor classes to write beside the codes.",
                       data.info().name);
  return lacks_probe_splits(data);
}

Result run_with_factors(const EncodeArguments& arguments) {
  if (!arguments.images.paths.empty())
    throw BadInput(
        "Encoding with --factors: expected no images or tables, because the run's own data are encoded, found some. "
        "Leave them out, or leave out --factors.");
  const std::filesystem::path file = arguments.out.resolve("codes");
  const OpenedRun opened = open_run(arguments.run, true, arguments.places, shown_progress());
  for (const std::string& note : opened.notes) say(note);
  if (const std::string missing = lacks_knowledge(*opened.data); !missing.empty())
    throw BadInput(fmt::format("Encoding with --factors: {}", missing));
  say(fmt::format("Encoding {} held-out examples.", opened.data->count(Split::fit) + opened.data->count(Split::score)));
  const CodeTable table = table_of(*opened.method, *opened.data);
  write_table(file, table);
  const int64_t count = table.blocks.front().codes.size(0);
  const char* examples = opened.method->space().is_picture() ? "images" : "rows";
  return {fmt::format("{} holds the codes and {} of {} {}.\n", file.string(),
                      table.factors.defined() ? "factors" : "classes", count, examples),
          {{"file", file.string()}, {examples, count}}};
}

// "e (8), z (8)".
std::string sizes_text(const CodeTable& table) {
  std::string names;
  for (const CodeBlock& block : table.blocks)
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", block.name, block.codes.size(1));
  return names;
}

Json sizes_json(const CodeTable& table) {
  Json sizes;
  for (const CodeBlock& block : table.blocks) sizes[block.name] = block.codes.size(1);
  return sizes;
}

Result encoded_rows(const OpenedRun& opened, const EncodeArguments& arguments, const std::filesystem::path& file) {
  const NamedRows rows = read_rows(opened, arguments.images.paths);
  CodeTable table;
  table.blocks = blocks_of(*opened.method, encode_all(*opened.method, rows.examples));
  table.files = rows.names;
  write_table(file, table);
  return {fmt::format("{} holds the codes of {} rows: {}.\n", file.string(), rows.names.size(), sizes_text(table)),
          {{"file", file.string()}, {"rows", rows.names.size()}, {"blocks", sizes_json(table)}}};
}

Result run_encode(const EncodeArguments& arguments) {
  if (arguments.factors) return run_with_factors(arguments);
  if (arguments.images.paths.empty())
    throw BadInput(
        "Encoding: expected images, folders or a table after the run, found none. Add some, or give --factors to "
        "encode the run's own data.");
  const std::filesystem::path file = arguments.out.resolve("codes");
  const OpenedRun opened = open_run(arguments.run, false);
  if (!opened.method->space().is_picture()) return encoded_rows(opened, arguments, file);
  const EncodedImages own = arguments.images.encoded(*opened.method, arguments.images.files(), false);
  CodeTable table;
  table.blocks = blocks_of(*opened.method, own.codes);
  table.files = texts(own.files);
  table.classes = arguments.images.classes(own.files);
  write_table(file, table);

  std::string names = sizes_text(table);
  const std::set<std::string> classes(table.classes.begin(), table.classes.end());
  if (!classes.empty()) names += fmt::format("; classes: {}", fmt::join(classes, ", "));
  return {fmt::format("{} holds the codes of {} images: {}.\n", file.string(), own.files.size(), names),
          {{"file", file.string()},
           {"images", texts(own.files)},
           {"left_out", texts(own.skipped)},
           {"blocks", sizes_json(table)},
           {"classes", classes}}};
}

Action declare_encode(CLI::App& app) {
  const auto arguments = std::make_shared<EncodeArguments>();
  app.add_option("RUN", arguments->run, "folder of a trained run")->type_name("")->required();
  arguments->images.declare(app, false);
  app.add_flag(
      "--factors", arguments->factors,
      "encode the held-out examples of the run's own data, with their factors or classes, for `refract metrics`");
  arguments->out.declare(app, {".npz", ".csv"});
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation&) { return run_encode(*arguments); };
}

}  // namespace

Command encode_command() {
  return {"encode",
          "Write the latent codes of images or table rows as a NumPy archive or a CSV file.",
          "An .npz file has a float32 array for each latent block, with the name of the block, and the array\n"
          "`files`. numpy.load opens it. With --factors it has `codes`, `factors` and `factor_names` instead of\n"
          "`files`. A .csv file has a header and a line for each image or row. If sub-folders or the data set\n"
          "define classes, an array or a column `class` holds them. In a .csv file, a factor whose name would be\n"
          "mistaken for such a column begins with `factor:`. Codes are posterior means. `refract metrics` reads\n"
          "both kinds of file.",
          {"bin/refract encode runs/demo runs/demo/examples",
           "bin/refract encode runs/demo --factors --out codes.npz --overwrite",
           "bin/refract encode runs/demo runs/demo/examples --out codes.csv --overwrite"},
          declare_encode};
}

}  // namespace refract
