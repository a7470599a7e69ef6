#include "refract/report/judge_run.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/train/run.h"

namespace refract {

std::string judge_checksum(const std::filesystem::path& run) {
  const std::vector<std::filesystem::path> checkpoints = Run::open(run).checkpoints();
  return checkpoints.empty() ? "" : sha256(read_file(checkpoints.back()));
}

GenerationOptions judged_by(GenerationOptions options, const std::filesystem::path& run, const DataSource& data) {
  OpenedRun opened = open_run(run, false);
  const DataInfo &its = opened.trained_on, &wanted = data.info();
  if (its.name != wanted.name || its.classes != wanted.classes || its.checksums != wanted.checksums)
    throw BadInput(
        fmt::format("Judging samples by the run {}: expected a classifier trained on the same data as the run that is "
                    "measured, which are {}, found one trained on {} or on other files of it. Train one: refract train "
                    "classifier.",
                    run.string(), wanted.name, its.name));
  options.classifier = std::move(opened.method);
  options.classifier_name = run.string();
  options.classifier_checksum = judge_checksum(run);
  check_judge(data, options);
  return options;
}

}  // namespace refract
