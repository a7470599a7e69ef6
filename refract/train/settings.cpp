#include "refract/train/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/about.h"
#include "refract/core/errors.h"
#include "refract/data/labelled.h"

namespace refract {
namespace {

void check_agrees(std::string_view what, std::string_view chosen, std::string_view given) {
  if (chosen == given) return;
  throw BadInput(fmt::format(
      "Option {}: these options are for '{}', but '{}' was chosen. Choose '{}' or remove the line '{} = ...'.", what,
      given, chosen, given, what));
}

const std::string& value_of(std::string_view key, const KeyValues& pairs, const std::filesystem::path& file) {
  for (const auto& [name, value] : pairs)
    if (name == key) return value;
  throw BadInput(
      fmt::format("Reading the options in {}: expected a line '{} = \"...\"', found none. The file must be one "
                  "that `refract train` wrote.",
                  file.string(), key));
}

}  // namespace

Options TrainOptions::describe() {
  Options o;
  o.add("steps", steps, "training steps; 0: computed from epochs").range(0, 1e9);
  o.add("epochs", epochs, "passes over the unlabelled examples; used if steps is 0").range(1e-6, 1e6);
  o.add("batch", batch, "unlabelled examples per step, and as many reference examples; lowered if the data have fewer")
      .range(1, 1e5)
      .in("examples");
  o.add("seed", seed, "seed of all random draws of the run").range(0, 9e15);
  o.add("threads", threads, "processor threads; 0: all cores").range(0, 4096);
  o.add("device", device, "device for training; auto: a GPU if there is one, otherwise the CPU")
      .one_of({"cpu", "cuda", "auto"});
  o.add("decay", decay, "fraction of the steps, at the end, over which the learning rate falls linearly to 0")
      .range(0, 1);
  o.add("checkpoint_minutes", checkpoint_minutes, "time between checkpoints; 0: only one at the end")
      .range(0, 1e6)
      .in("minutes");
  o.add("log_every", log_every, "steps between rows of metrics.csv").range(1, 1e9).in("steps");
  return o;
}

Settings::Settings(std::string_view method_name, std::string_view data_name)
    : method(method_name),
      data(data_name),
      method_recipe(refract::method(method_name).recipe()),
      data_recipe(data_set(data_name).recipe()) {
  options.append(train.describe());
  options.append(method_recipe.options);
  options.append(data_recipe.options);
}

void Settings::set(const KeyValues& pairs) {
  assign(with_presets(options, pairs));
}

void Settings::assign(const KeyValues& pairs) {
  for (const auto& [key, value] : pairs) {
    if (key == "method")
      check_agrees(key, method, value);
    else if (key == "data")
      check_agrees(key, data, value);
    else
      options.set(key, value);
  }
}

void Settings::fill_from(const DataInfo& info) {
  const auto fill = [&](const std::string& name, const std::vector<int64_t>& values) {
    if (method_recipe.options.has(name) && method_recipe.options.at(name).text().empty() && !values.empty())
      method_recipe.options.set(name, fmt::format("{}", fmt::join(values, ",")));
  };
  std::vector<int64_t> classes;
  for (const Attribute& attribute : attributes_of(info)) classes.push_back(std::ssize(attribute.values));
  fill("classes", classes);
  fill("label_columns", descriptive_columns(info));
}

std::string Settings::toml() const {
  return fmt::format("method = \"{}\"\ndata = \"{}\"\n{}", method, data, to_toml(options));
}

std::unique_ptr<Settings> Settings::read(const std::filesystem::path& toml_file) {
  const KeyValues pairs = read_toml(toml_file);
  try {
    auto settings =
        std::make_unique<Settings>(value_of("method", pairs, toml_file), value_of("data", pairs, toml_file));
    settings->assign(pairs);
    return settings;
  } catch (const BadInput& error) {
    throw BadInput(about(toml_file, error.what()));
  }
}

}  // namespace refract
