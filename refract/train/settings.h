// Everything that defines a run: method, data set, and every option with its resolved value.
#pragma once

#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/registry.h"
#include "refract/methods/registry.h"

namespace refract {

struct TrainOptions {
  int64_t steps = 0;
  double epochs = 30;
  int64_t batch = 36;
  int64_t seed = 1;
  int64_t threads = 0;
  std::string device = "cpu";
  double decay = 0.3;
  double checkpoint_minutes = 3;
  int64_t log_every = 20;
  Options describe();
};

// Method and data set chosen, and their options joined with the trainer's into one flat list.
struct Settings {
  std::string method;
  std::string data;
  TrainOptions train;
  MethodRecipe method_recipe;
  DataRecipe data_recipe;
  Options options;  // bound to the three above: setting one of these changes what make() will see

  Settings(std::string_view method_name, std::string_view data_name);
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // Applies pairs in order, but presets among them first (core/options.h); "method" and "data" among them must agree
  // with the ones chosen. Throws BadInput.
  void set(const KeyValues& pairs);

  // What a method's options say of the labels and the user left to the data: `classes`, how many values each attribute
  // has, and `label_columns`, which attributes describe an example (data/labelled.h). Lists that are not empty stay.
  void fill_from(const DataInfo& info);

  // Flat TOML: method, data, then every option. `Settings::read` is its inverse: a preset is a name there, whose values
  // are those of the file.
  [[nodiscard]] std::string toml() const;
  static std::unique_ptr<Settings> read(const std::filesystem::path& toml_file);

 private:
  void assign(const KeyValues& pairs);
};

}  // namespace refract
