#include "app/cli/other_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/text.h"
#include "refract/data/registry.h"
#include "refract/eval/metric.h"
#include "refract/figures/figure.h"
#include "refract/methods/registry.h"

namespace refract {
namespace {

struct OtherName {
  std::string name, kind, command;
};

template <class Entry>
void add(std::vector<OtherName>& all, const std::vector<Entry>& entries, const std::string& kind,
         const std::string& before, const std::string& after) {
  for (const Entry& entry : entries) all.push_back({entry.name, kind, before + entry.name + after});
}

std::vector<OtherName> other_names() {
  std::vector<OtherName> all;
  add(all, methods(), "method", "refract train ", " --data NAME --out RUN");
  add(all, data_sets(), "data set", "refract train METHOD --data ", " --out RUN");
  add(all, metrics(), "metric", "refract evaluate RUN --metrics ", "");
  add(all, figures(), "figure", "refract figures RUN --out DIR --only ", "");
  return all;
}

}  // namespace

std::string nearest_of_all(const std::string& word, const std::vector<std::string>& commands) {
  const std::vector<OtherName> others = other_names();
  const std::string command = nearest(word, commands);
  if (!command.empty() && word.starts_with(command))
    return fmt::format("The nearest is '{}'; `refract --help` shows all.", command);
  std::vector<std::string> names = commands;  // first: where two are as near, the command is meant
  for (const OtherName& other : others) names.push_back(other.name);
  const std::string best = nearest(word, names);
  if (best.empty()) return "`refract --help` shows all.";
  const auto other = std::find_if(others.begin(), others.end(), [&](const OtherName& o) { return o.name == best; });
  if (other == others.end() || std::find(commands.begin(), commands.end(), best) != commands.end())
    return fmt::format("The nearest is '{}'; `refract --help` shows all.", best);
  return fmt::format("{}'{}' is a {}: `{}`.", word == best ? "" : "The nearest name: ", best, other->kind,
                     other->command);
}

}  // namespace refract
