#include <fmt/format.h>

#include <CLI/App.hpp>
#include <array>
#include <functional>
#include <memory>

#include "app/cli/terminal.h"
#include "app/commands/commands.h"
#include "refract/core/errors.h"
#include "refract/core/options.h"
#include "refract/core/text.h"
#include "refract/data/registry.h"
#include "refract/eval/metric.h"
#include "refract/figures/figure.h"
#include "refract/methods/registry.h"

namespace refract {
namespace {

template <class Entry>
Result listed_entries(const std::vector<Entry>& entries) {
  std::vector<std::vector<std::string>> rows = {{"name", "what it is", "source"}};
  Json json = Json::array();
  for (const Entry& entry : entries) {
    rows.push_back({entry.name, entry.summary, entry.source});
    json.push_back({{"name", entry.name}, {"summary", entry.summary}, {"source", entry.source}});
  }
  return {table_text(rows), std::move(json)};
}

Result list(const std::string& kind) {
  if (kind == "methods") return listed_entries(methods());
  if (kind == "data") return listed_entries(data_sets());
  if (kind == "metrics") return listed_entries(metrics());
  if (kind == "figures") return listed_entries(figures());
  throw BadInput(fmt::format("Listing: expected methods, data, metrics or figures, found '{}'.{}", kind,
                             nearest_told(kind, {"methods", "data", "metrics", "figures"})));
}

Action declare_list(CLI::App& app) {
  const auto kind = std::make_shared<std::string>();
  app.add_option("KIND", *kind, "methods, data, metrics or figures")->type_name("")->required();
  return [kind](const Invocation&) { return list(*kind); };
}

}  // namespace

Command list_command() {
  return {"list",
          "List the methods, data sets, metrics or figures.",
          "",
          {"bin/refract list methods", "bin/refract list data --json"},
          declare_list};
}

}  // namespace refract
