#include <ATen/ops/arange.h>
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <iterator>
#include <memory>

#include "app/cli/metric_text.h"
#include "app/cli/option_flags.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/gallery.h"
#include "app/commands/picture_command.h"
#include "refract/core/csv_file.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/features.h"
#include "refract/eval/metrics/retrieval.h"
#include "refract/eval/table.h"
#include "refract/figures/sheets.h"
#include "refract/model/neighbours.h"

namespace refract {
namespace {

constexpr int64_t usual_neighbours = 8;

struct RetrieveArguments {
  PictureArguments picture;
  OwnImages queries;
  std::vector<std::string> among;
  std::string block;
  int64_t neighbours = 0;  // 0: the usual number
  int64_t count = 8;
  uint64_t seed = 0;
  KeyValues places;

  [[nodiscard]] bool own_queries() const { return !queries.paths.empty(); }
  [[nodiscard]] bool own_candidates() const { return !among.empty(); }
};

// All queries are measured, the first `shown` of them drawn or written.
struct Retrieval {
  Gallery queries, candidates;
  Search search;
  int64_t shown = 0;
};

struct BlockAnswer {
  std::string block;
  Neighbours neighbours;
};

// The block that is named, else all that are not classes.
std::vector<size_t> blocks_to_search(const Model& model, const std::string& name) {
  if (!name.empty()) return {block_named(model, name)};
  std::vector<size_t> blocks;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (!model.blocks()[b].categorical) blocks.push_back(b);
  if (blocks.empty()) blocks.push_back(0);
  return blocks;
}

int64_t neighbours_to_draw(const RetrieveArguments& arguments, PixelSize size) {
  const int64_t most = most_neighbours(size);
  if (arguments.neighbours == 0) return std::min(usual_neighbours, most);
  if (arguments.neighbours <= most) return arguments.neighbours;
  throw BadInput(
      fmt::format("Drawing {} neighbours of each query: at most {} images of {}x{} pixels stand beside a query. Give "
                  "fewer --neighbours.",
                  arguments.neighbours, most, size.width, size.height));
}

// From the run's own data, as the metric `retrieval` takes them.
Retrieval held_out_retrieval(const RetrieveArguments& arguments, const OpenedRun& opened) {
  if (const std::string missing = lacks_probe_splits(*opened.data); !missing.empty())
    throw BadInput(fmt::format("Retrieving held-out examples: {} Name examples of your own.", missing));
  say("Encoding held-out examples.");
  const std::unique_ptr<Method> untrained = opened.untrained();
  HeldOutSearch all = held_out_search(*opened.method, *opened.data, arguments.seed, untrained.get());
  Retrieval retrieval;
  retrieval.queries = held_out_gallery(opened, all.queries, all.search.queries);
  retrieval.candidates = held_out_gallery(opened, all.candidates, all.search.candidates);
  retrieval.search = std::move(all.search);
  retrieval.shown = std::min(arguments.count, all.queries.count());
  return retrieval;
}

Gallery gallery_of_files(const RetrieveArguments& arguments, const OpenedRun& opened,
                         const std::vector<std::string>& files) {
  const Model& model = *opened.method;
  return model.space().is_picture() ? own_gallery(model, arguments.queries.with(files))
                                    : own_gallery(model, read_rows(opened, files));
}

Retrieval retrieval_of(const RetrieveArguments& arguments, const OpenedRun& opened) {
  if (!arguments.own_queries() && !arguments.own_candidates()) return held_out_retrieval(arguments, opened);
  Retrieval retrieval;
  retrieval.queries = arguments.own_queries()
                          ? gallery_of_files(arguments, opened, arguments.queries.paths)
                          : held_out_gallery(opened, drawn_queries(*opened.data, arguments.seed, arguments.count));
  retrieval.candidates = arguments.own_candidates()
                             ? gallery_of_files(arguments, opened, arguments.among)
                             : held_out_gallery(opened, drawn_candidates(*opened.data, arguments.seed));
  retrieval.search = search_among(opened, retrieval.queries, retrieval.candidates, shown_progress());
  retrieval.shown = retrieval.queries.count();
  return retrieval;
}

std::vector<BlockAnswer> answers_of(const Model& model, const Retrieval& retrieval, const std::vector<size_t>& blocks,
                                    int64_t count) {
  const auto shown = [&](const Tensor& all) { return all.slice(0, 0, retrieval.shown); };
  const Search& search = retrieval.search;
  std::vector<BlockAnswer> answers;
  answers.reserve(blocks.size());
  for (const size_t b : blocks)
    answers.push_back({model.blocks()[b].name, neighbours_of(shown(search.queries[b]), search.candidates[b], count,
                                                             shown(search.own), shown_progress())});
  if (answers.front().neighbours.rows.size(1) == 0)
    throw BadInput("Retrieving: expected candidates beside the query itself, found none. Name more after --among.");
  return answers;
}

struct NeighbourLine {
  std::string query, block;
  int64_t rank = 0;  // from 1
  std::string neighbour;
  double distance = 0;
};

std::vector<NeighbourLine> neighbour_lines(const Retrieval& retrieval, const std::vector<BlockAnswer>& answers) {
  std::vector<NeighbourLine> lines;
  for (int64_t q = 0; q < retrieval.shown; ++q)
    for (const BlockAnswer& answer : answers)
      for (int64_t k = 0; k < answer.neighbours.rows.size(1); ++k) {
        const auto row = static_cast<size_t>(answer.neighbours.rows[q][k].item<int64_t>());
        lines.push_back({retrieval.queries.names[static_cast<size_t>(q)], answer.block, k + 1,
                         retrieval.candidates.names[row], answer.neighbours.distances[q][k].item<double>()});
      }
  return lines;
}

Json neighbours_json(const std::vector<NeighbourLine>& lines) {
  Json all = Json::array();
  for (const NeighbourLine& line : lines)
    all.push_back({{"query", line.query},
                   {"block", line.block},
                   {"rank", line.rank},
                   {"neighbour", line.neighbour},
                   {"distance", line.distance}});
  return all;
}

std::string neighbours_csv(const std::vector<NeighbourLine>& lines) {
  std::string text = "query,block,rank,neighbour,distance\n";
  for (const NeighbourLine& line : lines)
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", csv_cell(line.query), csv_cell(line.block), line.rank,
                   csv_cell(line.neighbour), line.distance);
  return text;
}

// Adds what was found and how precise it is.
Result with_precision(Result result, const OpenedRun& opened, const Retrieval& retrieval,
                      const std::vector<BlockAnswer>& answers) {
  result.json["neighbours"] = neighbours_json(neighbour_lines(retrieval, answers));
  std::vector<MetricTable> tables;
  if (!retrieval.search.known.empty()) tables.push_back(retrieval_table(*opened.method, retrieval.search));
  result.json["tables"] = Json::parse(to_json(tables, opened.checkpoint.step)).at("tables");
  if (tables.empty())
    result.text += fmt::format(
        "Queries: {}. Candidates: {}. No label, attribute or factor is known of both, so precision is not "
        "measured.\n",
        retrieval.queries.what, retrieval.candidates.what);
  else
    result.text += fmt::format("\n{}", metric_text(tables.front()));
  return result;
}

Result retrieve_images(const RetrieveArguments& arguments, const OpenedRun& opened, const std::vector<size_t>& blocks) {
  const Model& model = *opened.method;
  const PixelSize size = size_of(model.space());
  const int64_t count = neighbours_to_draw(arguments, size);
  std::vector<std::string> names;
  names.reserve(blocks.size());
  for (const size_t b : blocks) names.push_back(model.blocks()[b].name);
  const int64_t own = std::ssize(arguments.queries.files());
  const int64_t shown = own > 0 ? own : drawn_queries(*opened.data, arguments.seed, arguments.count).count();
  const int64_t others = std::ssize(arguments.queries.with(arguments.among).files());
  arguments.picture.begin(
      "retrieval", model,
      {shown * std::ssize(blocks) * count, retrieval_parts(shown, names, count, size).size(), own + others});
  const Retrieval retrieval = retrieval_of(arguments, opened);
  const std::vector<BlockAnswer> answers = answers_of(model, retrieval, blocks, count);
  Retrieved sheet;
  sheet.queries = retrieval.queries.examples(at::arange(retrieval.shown));
  sheet.candidates = retrieval.candidates.examples;
  for (const BlockAnswer& answer : answers) {
    sheet.blocks.push_back(answer.block);
    sheet.rows.push_back(answer.neighbours.rows);
  }
  return with_precision(arguments.picture.draw("retrieval", retrieval_sheets(sheet, size)), opened, retrieval, answers);
}

Result retrieve_rows(const RetrieveArguments& arguments, const OpenedRun& opened, const std::vector<size_t>& blocks) {
  const std::filesystem::path file = arguments.picture.rows_file("retrieval");
  const Retrieval retrieval = retrieval_of(arguments, opened);
  const int64_t count = arguments.neighbours == 0 ? usual_neighbours : arguments.neighbours;
  const std::vector<BlockAnswer> answers = answers_of(*opened.method, retrieval, blocks, count);
  write_file(file, neighbours_csv(neighbour_lines(retrieval, answers)));
  const Result written{fmt::format("{} holds the nearest neighbours of {} rows by the Euclidean distance between "
                                   "posterior means.\n",
                                   file.string(), retrieval.shown),
                       {{"file", file.string()}, {"queries", retrieval.shown}}};
  return with_precision(written, opened, retrieval, answers);
}

Result run_retrieve(const RetrieveArguments& arguments) {
  const bool needs_data = !arguments.own_queries() || !arguments.own_candidates();
  const OpenedRun opened = needs_data ? arguments.picture.open_with_data(arguments.places) : arguments.picture.open();
  const std::vector<size_t> blocks = blocks_to_search(*opened.method, arguments.block);
  return opened.method->space().is_picture() ? retrieve_images(arguments, opened, blocks)
                                             : retrieve_rows(arguments, opened, blocks);
}

Action declare_retrieve(CLI::App& app) {
  const auto arguments = std::make_shared<RetrieveArguments>();
  arguments->picture.declare(app, ".png", {".csv"});
  app.add_option("QUERY", arguments->queries.paths, "images or folders to search for; tables for a run on a table")
      ->type_name("...");
  app.add_option("--among", arguments->among, "images, folders or tables to search among (held-out examples)")
      ->type_name("B ...");
  arguments->queries.declare_skipping(app);
  app.add_option("--block", arguments->block, "latent block to compare (all except classes)")->type_name("NAME");
  app.add_option("--neighbours", arguments->neighbours,
                 fmt::format("neighbours of each query ({}, or as many as fit beside it)", usual_neighbours))
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  app.add_option("--count", arguments->count, "number of held-out queries to show if none are named (8)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  add_seed(app, arguments->seed, "seed that chooses held-out examples (0)");
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation&) { return run_retrieve(*arguments); };
}

}  // namespace

Command retrieve_command() {
  return {"retrieve",
          "Find the images that resemble an image in each latent block.",
          "Each row shows a query and its nearest neighbours, block by block (Mathieu et al. 2016, Fig. 4). Distances\n"
          "are Euclidean, between posterior means. A query is never its own neighbour.\n"
          "Without QUERY, the queries are examples of the split score, at most 1000. Without --among, the candidates\n"
          "are held-out examples of the splits fit and score, at most 5000.\n"
          "Precision at k is the share of the k nearest that have the query's value of the label, of an attribute\n"
          "or of a factor, as in the metric `retrieval`. If images are named, their classes are the sub-folders of\n"
          "the named folders. A run on a table writes names and distances as CSV.",
          {"bin/refract retrieve runs/demo",
           "bin/refract retrieve runs/demo runs/demo/examples/score-1.png --among runs/demo/examples --neighbours 4",
           "bin/refract retrieve runs/demo runs/demo/examples --block e"},
          declare_retrieve};
}

}  // namespace refract
