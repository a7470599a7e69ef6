#include "refract/report/run_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/eval/table.h"
#include "refract/figures/stored.h"
#include "refract/report/report_pictures.h"
#include "refract/train/metrics_log.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

// Shown in other places of the page, or for nobody but the program: a page is mailed, and where its writer keeps files
// concerns nobody.
bool left_out(const std::string& key) {
  return key == "command" || key == "data: note" || key == "directory" || key == "run" ||
         key.starts_with("data: columns");  // of a table, thousands perhaps
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// On one line where that is short, else a line each.
std::string listed(const Json& list) {
  constexpr size_t short_enough = 60;
  std::vector<std::string> entries;
  for (const Json& entry : list) entries.push_back(plain(entry));
  std::string line = fmt::format("{}", fmt::join(entries, ", "));
  return line.size() <= short_enough ? line : fmt::format("{}", fmt::join(entries, "\n"));
}

// Nested objects become "outer: inner".
void flatten(const std::string& prefix, const Json& json, Report::Facts& facts) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items())
      flatten(prefix.empty() ? key : fmt::format("{}: {}", prefix, key), value, facts);
    return;
  }
  const std::string text = json.is_array() ? listed(json) : plain(json);
  if (!text.empty() && !left_out(prefix)) facts.emplace_back(prefix, text);
}

void add_manifest(const Run& run, Report& report) {
  try {
    const Json manifest = Json::parse(run.manifest());
    report.command = manifest.value("command", "");
    if (manifest.contains("data")) report.note = manifest["data"].value("note", "");
    flatten("", manifest, report.facts);
    if (manifest.contains("threads")) report.summary.emplace_back("threads", plain(manifest["threads"]));
  } catch (const Json::exception& error) {
    throw BadInput(fmt::format("Reading the manifest of {}: {}.", run.path().string(), error.what()));
  }
}

void add_settings(const Run& run, Report& report) {
  const std::unique_ptr<Settings> settings = run.settings();
  report.title = fmt::format("{} on {}", settings->method, settings->data);
  report.summary.emplace_back("seed", std::to_string(settings->train.seed));
  for (const Option& option : settings->options.all())
    report.options.push_back({option.name, option.text(), option.default_text, option.unit, option.meaning});
}

void add_curves(const Run& run, Report& report) {
  const MetricsTable table = read_metrics(run.metrics_file());
  if (table.rows.empty()) return;
  const auto column = [&](size_t c) {
    std::vector<double> values;
    for (const auto& row : table.rows) values.push_back(row.at(c));
    return values;
  };
  const std::vector<double> steps = column(0);
  report.summary.emplace_back("steps", fmt::format("{:.0f}", steps.back()));
  for (size_t c = 1; c < table.columns.size(); ++c) {
    if (table.columns[c] == "seconds")
      report.summary.emplace_back("training time", duration_text(column(c).back()));
    else
      report.curves.push_back({table.columns[c], steps, column(c)});
  }
}

void add_evaluation(const Run& run, Report& report) {
  const std::filesystem::path file = evaluation_file(run);
  if (!std::filesystem::exists(file)) return;
  Evaluation evaluation = evaluation_from_json(read_file(file), file.string());
  report.evaluated_step = evaluation.step;
  report.tables = std::move(evaluation.tables);
}

// Within what the rest of the page and the words around a picture leave.
void add_pictures(const Run& run, Report& report) {
  constexpr size_t words = 20'000;
  const size_t rest = to_html(report).size() + words;
  for (const StoredFigure& figure : read_figures(figures_folder(run))) {
    const std::filesystem::path file = figures_folder(run) / figure.file;
    const char* type = file.extension() == ".gif" ? "image/gif" : "image/png";
    report.pictures.push_back({figure.title, figure.caption, type, read_file(file)});
  }
  // Base64 writes three bytes as four.
  reduce(report.pictures, kMostReportBytes > rest ? (kMostReportBytes - rest) / 4 * 3 : 0);
}

}  // namespace

std::filesystem::path evaluation_file(const Run& run) {
  return run.path() / "evaluation.json";
}
std::filesystem::path figures_folder(const Run& run) {
  return run.path() / "figures";
}

Report read_report(const Run& run, const std::string& date) {
  Report report;
  report.date = date;
  add_curves(run, report);
  add_settings(run, report);
  add_manifest(run, report);
  add_evaluation(run, report);
  add_pictures(run, report);
  return report;
}

std::filesystem::path write_report(const Run& run) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::filesystem::path file = run.path() / "report.html";
  write_file(file, to_html(read_report(run, fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(now)))));
  return file;
}

}  // namespace refract
