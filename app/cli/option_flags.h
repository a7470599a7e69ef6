// Every described option as a flag of a command: `--learning_rate 1e-4`, `--learning-rate=1e-4`, `--set
// learning_rate=1e-4`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/core/options.h"

namespace refract {

// Flags for all `options` (names that occur twice are one flag) and --set, in `given` in the order of the command line.
// The flags are left out of the help text, which shows tables instead. `given` must outlive the parsing. Values are
// judged later, by Options::set.
void add_option_flags(CLI::App& app, const std::vector<Options>& options, KeyValues& given);

// A flag for each option of a data set that says where files lie, --unlabelled and --mnist_dir among them: for a run
// whose data have moved. `given` must outlive the parsing.
void add_place_flags(CLI::App& app, KeyValues& given);

// --colour, for a command that draws the figures of a run on a table.
void add_colour_flag(CLI::App& app, KeyValues& given);

// A flag that takes one list: `--only mig,dci`. `names` must outlive the parsing.
void add_names(CLI::App& app, const std::string& flag, std::vector<std::string>& names, const std::string& meaning);

// A flag that takes a whole number from 0 on.
void add_seed(CLI::App& app, uint64_t& seed, const std::string& meaning, const std::string& flag = "--seed");

// "steps=100 seed=2".
std::string pairs_text(const KeyValues& pairs);

// A table of options: name, default, what is allowed, meaning; below it one of the presets among them.
std::string options_table(const Options& options);
Json options_json(const Options& options);

}  // namespace refract
