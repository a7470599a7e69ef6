#include "app/cli/option_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "app/cli/terminal.h"
#include "refract/data/files/place.h"
#include "refract/data/registry.h"

namespace refract {
namespace {

std::string spellings(const std::string& name) {
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return dashed == name ? "--" + name : fmt::format("--{},--{}", name, dashed);
}

void add_flag(CLI::App& app, const Option& option, KeyValues& given) {
  if (app.get_option_no_throw("--" + option.name) != nullptr) return;
  const bool is_switch = std::holds_alternative<bool*>(option.field);
  const bool is_list = option.is_names;
  const auto keep = [&given, is_switch, is_list, name = option.name](const std::string& value) {
    const auto before = std::find_if(given.begin(), given.end(), [&](const auto& pair) { return pair.first == name; });
    if (is_list && before != given.end())
      before->second += "," + value;  // --factor age --factor sex
    else
      given.emplace_back(name, is_switch && value.empty() ? "true" : value);
  };
  CLI::Option* flag = app.add_option_function<std::string>(spellings(option.name), keep);
  flag->group("")->trigger_on_parse();
  if (is_switch) flag->expected(0, 1);  // alone it means true
}

// What each preset of the options stands for.
std::string presets_text(const Options& options) {
  std::vector<std::vector<std::string>> rows = {{"  preset", "stands for", "meaning"}};
  for (const Option& option : options.all())
    for (const Preset& preset : option.presets)
      rows.push_back({fmt::format("  {}", preset.name), pairs_text(preset.options), preset.meaning});
  return rows.size() > 1 ? fmt::format("\n{}", table_text(rows)) : "";
}

}  // namespace

std::string pairs_text(const KeyValues& pairs) {
  std::vector<std::string> words;
  for (const auto& [key, value] : pairs) words.push_back(fmt::format("{}={}", key, value));
  return fmt::format("{}", fmt::join(words, " "));
}

void add_place_flags(CLI::App& app, KeyValues& given) {
  for (const DataEntry& entry : data_sets()) {
    const Options options = entry.recipe().options;
    for (const Option& option : options.all()) {
      if (!is_place(option) || app.get_option_no_throw("--" + option.name) != nullptr) continue;
      const auto keep = [&given, name = option.name](const std::string& value) { given.emplace_back(name, value); };
      app.add_option_function<std::string>(spellings(option.name), keep)
          ->option_text("PATH")
          ->group("Where the run's data are now, if they moved");
    }
  }
}

void add_colour_flag(CLI::App& app, KeyValues& given) {
  const auto keep = [&given](const std::vector<std::string>& names) {
    given.emplace_back("colour", fmt::format("{}", fmt::join(names, ",")));
  };
  app.add_option_function<std::vector<std::string>>(
         "--colour", keep,
         "columns of the run's table that colour block-map, separated by commas (those of the training)")
      ->allow_extra_args(false)
      ->option_text("NAMES");
}

void add_seed(CLI::App& app, uint64_t& seed, const std::string& meaning, const std::string& flag) {
  app.add_option(flag, seed, meaning)->type_name("NUMBER")->check([](const std::string& word) {
    return word.starts_with('-') ? "expected a whole number from 0 on, found " + word : "";
  });
}

void add_names(CLI::App& app, const std::string& flag, std::vector<std::string>& names, const std::string& meaning) {
  app.add_option(flag, names, meaning)->delimiter(',')->allow_extra_args(false)->option_text("NAMES");
}

void add_option_flags(CLI::App& app, const std::vector<Options>& options, KeyValues& given) {
  for (const Options& group : options)
    for (const Option& option : group.all()) add_flag(app, option, given);
  const auto assign = [&given](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) given.push_back(split_assignment(text));
  };
  app.add_option_function<std::vector<std::string>>("--set", assign, "set an option; may be repeated")
      ->type_name("KEY=VALUE")
      ->trigger_on_parse();
}

std::string options_table(const Options& options) {
  std::vector<std::vector<std::string>> rows = {{"  option", "default", "allowed", "meaning"}};
  for (const Option& option : options.all()) {
    const std::string value = option.default_text.empty() ? "-" : option.default_text;
    const std::string allowed = option.allowed().empty() ? option.type_name() : option.allowed();
    rows.push_back(
        {"  " + option.name, option.unit.empty() ? value : value + " " + option.unit, allowed, option.meaning});
  }
  return table_text(rows) + presets_text(options);
}

Json options_json(const Options& options) {
  Json rows = Json::array();
  for (const Option& option : options.all()) {
    rows.push_back({{"name", option.name},
                    {"default", option.default_text},
                    {"type", option.type_name()},
                    {"allowed", option.allowed()},
                    {"unit", option.unit},
                    {"meaning", option.meaning}});
    for (const Preset& preset : option.presets) {
      Json values = Json::object();
      for (const auto& [key, value] : preset.options) values[key] = value;
      rows.back()["presets"].push_back({{"name", preset.name}, {"meaning", preset.meaning}, {"options", values}});
    }
  }
  return rows;
}

}  // namespace refract
