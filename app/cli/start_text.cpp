#include "app/cli/start_text.h"

#include <fmt/format.h>

#include "app/cli/terminal.h"
#include "refract/train/manifest.h"

namespace refract {
namespace {

// Said in the first sentence.
bool is_first(const std::string& name) {
  return name == "steps" || name == "epochs" || name == "batch" || name == "size" || name == "channels";
}

// "Chosen: seed 2, learning_rate 0.001", broken into lines; "" where there is nothing to list.
std::string listed(const std::string& heading, const std::string& options, size_t width) {
  if (options.empty()) return "";
  std::string text;
  for (const std::string& line : wrapped(fmt::format("{}: {}", heading, options), width - 2))
    text += fmt::format("\n{}{}", text.empty() ? "" : "  ", line);
  return text;
}

}  // namespace

std::string start_text(const OpenedRun& opened, size_t width) {
  const Space& space = opened.method->space();
  const int64_t steps = manifest_origin(opened.run.manifest(), opened.run.manifest_file().string()).steps;
  std::string chosen, usual;
  for (const Option& option : opened.settings->options.all()) {
    if (is_first(option.name)) continue;
    std::string& list = option.text() == option.default_text ? usual : chosen;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", option.name, option.text().empty() ? "-" : option.text());
  }
  const std::string examples = space.is_picture() ? fmt::format("images of {}x{} pixels{}", space.width(),
                                                                space.height(), space.channels() == 1 ? " in gray" : "")
                                                  : text_of(space);
  return fmt::format("Training {} on {}: {} steps of {} {}, into {}.", opened.settings->method, opened.settings->data,
                     steps, opened.settings->train.batch, examples, opened.run.path().string()) +
         listed("Chosen", chosen, width) + listed("Defaults", usual, width);
}

}  // namespace refract
