#include "refract/report/judge_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/run.h"

namespace refract {
namespace {

// "person (11, 12, 13, ...: 38 values), hat (no, yes)"
std::string labels_text(const std::vector<Attribute>& attributes) {
  constexpr size_t shown = 3;
  std::string text;
  for (const Attribute& attribute : attributes) {
    std::vector<std::string> values = attribute.values;
    if (values.size() > shown) {
      values.resize(shown);
      values.push_back(fmt::format("...: {} values", attribute.values.size()));
    }
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", attribute.name, fmt::join(values, ", "));
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string judge_checksum(const std::filesystem::path& run) {
  const std::vector<std::filesystem::path> checkpoints = Run::open(run).checkpoints();
  return checkpoints.empty() ? "" : sha256(read_file(checkpoints.back()));
}

GenerationOptions judged_by(GenerationOptions options, const std::filesystem::path& run, const DataSource& data) {
  OpenedRun opened = open_run(run, false);
  const DataInfo &its = opened.trained_on, &wanted = data.info();
  if (its.name != wanted.name || its.checksums != wanted.checksums)
    throw BadInput(
        fmt::format("Judging samples by the run {}: expected a classifier trained on the same data as the run that is "
                    "measured, which are {}, found one trained on {} or on other files of it. Train one: refract train "
                    "classifier.",
                    run.string(), wanted.name, its.name));
  if (its.classes != wanted.classes || attributes_of(its) != attributes_of(wanted))
    throw BadInput(fmt::format(
        "Judging samples by the run {}: expected a classifier of the labels {}; found one of {}, or of others beyond "
        "these. Train one with the same options of the data: refract train classifier.",
        run.string(), labels_text(attributes_of(wanted)), labels_text(attributes_of(its))));
  options.classifier = std::move(opened.method);
  options.classifier_name = run.string();
  options.classifier_checksum = judge_checksum(run);
  check_judge(data, options);
  return options;
}

}  // namespace refract
