#include "app/study/study_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/data/files/place.h"

namespace refract {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_parts(const Study& study, const std::vector<std::string>& names) {
  if (!names.empty() && study.parts.empty())
    throw BadInput(fmt::format(
        "Reproducing {} with --parts: this study has one data set and no parts. Leave out --parts.", study.name));
  for (const std::string& name : names) static_cast<void>(named(study.parts, "part", name));
}

void check_rows(const Study& part, const std::vector<std::string>& keys) {
  std::vector<std::string> known;
  for (const StudyRow& row : part.rows) known.push_back(row.key);
  for (const std::string& key : keys)
    if (!holds(known, key))
      throw BadInput(fmt::format("Reproducing {} with --only: expected rows of the study ({}), found '{}'.", part.name,
                                 fmt::join(known, ", "), key));
}

const Budget& budget_in(const Study& part, const std::string& name) {
  return name.empty() ? part.budgets.front() : budget_of(part, name);
}

// A data set that could not be read.
struct Missing {
  std::vector<std::string> why;        // in sentences, part by part
  std::vector<std::string> variables;  // of the environment, which would have named the files
  std::vector<std::string> others;     // parts whose data set is there
};

[[noreturn]] void refuse(const Study& study, const Missing& missing) {
  std::string way_out;
  if (!missing.variables.empty())
    way_out = fmt::format("For `refract reproduce`, set the environment variables {} to where the files are",
                          fmt::join(missing.variables, ", "));
  if (!missing.others.empty())
    way_out += fmt::format("{}eave these parts out with --parts {}", way_out.empty() ? "L" : ", or l",
                           fmt::join(missing.others, ","));
  throw BadInput(fmt::format("Reproducing {}: nothing was started, because data sets are missing. {} {}{}", study.name,
                             fmt::join(missing.why, " "), way_out, way_out.empty() ? "" : "."));
}

void add_variables(const Settings& settings, std::vector<std::string>& variables) {
  for (const Option& option : settings.data_recipe.options.all())
    if (is_place(option) && !holds(variables, variable_of(option.name))) variables.push_back(variable_of(option.name));
}

}  // namespace

std::filesystem::path folder_of(const Study& study, const StudyRequest& request) {
  if (!request.folder.empty()) return request.folder;
  return fmt::format("runs/{}-{}", study.name, budget_in(*parts_of(study).front(), request.budget).name);
}

std::vector<StudyPlan> plans_of(const Study& study, const StudyRequest& request) {
  if (request.seeds < 1) throw BadInput(fmt::format("--seeds: expected 1 or more, found {}.", request.seeds));
  check_parts(study, request.parts);
  const std::filesystem::path folder = folder_of(study, request);
  std::vector<StudyPlan> plans;
  for (const Study* part : parts_of(study)) {
    if (!request.parts.empty() && !holds(request.parts, part->name)) continue;
    check_rows(*part, request.only);
    StudyPlan plan{*part, budget_in(*part, request.budget), request.seeds, request.only, folder};
    if (part != &study) {
      plan.part = part->name;
      plan.folder /= part->name;
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

void find_data(const Study& study, std::vector<StudyPlan>& plans, const OnProgress& on_progress) {
  Missing missing;
  for (StudyPlan& plan : plans) {
    const auto settings = settings_of(plan.first_jobs().front());
    try {
      plan.data = settings->data_recipe.make(on_progress)->info();
      missing.others.push_back(plan.part);
    } catch (const BadInput& error) {
      if (plan.part.empty()) throw;
      missing.why.push_back(fmt::format("{}: {}", plan.part, error.what()));
      add_variables(*settings, missing.variables);
    }
  }
  if (!missing.why.empty()) refuse(study, missing);
}

std::string to_text(const std::vector<PartTable>& tables) {
  std::string text;
  for (const PartTable& each : tables)
    text += fmt::format("{}{}{}", text.empty() ? "" : "\n", each.part.empty() ? "" : fmt::format("{}\n", each.part),
                        to_text(each.table));
  return text;
}

std::string to_markdown(const std::vector<PartTable>& tables) {
  std::string text;
  for (const PartTable& each : tables)
    text += fmt::format("{}{}{}", text.empty() ? "" : "\n",
                        each.part.empty() ? "" : fmt::format("## {}\n\n", each.part), to_markdown(each.table));
  return text;
}

Json to_json(const Study& study, const std::vector<PartTable>& tables) {
  if (study.parts.empty()) return to_json(tables.at(0).table);
  Json json = {{"title", fmt::format("{} ({})", study.summary, study.source)}, {"parts", Json::array()}};
  for (const auto& [part, table] : tables) {
    Json named_table = {{"part", part}};
    named_table.update(to_json(table));
    json["parts"].push_back(std::move(named_table));
  }
  return json;
}

}  // namespace refract
