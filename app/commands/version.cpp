#include <fmt/format.h>
#include <torch/version.h>

#include "app/commands/commands.h"
#include "refract_version.h"

namespace refract {
namespace {

Action declare_version(CLI::App& /*app*/) {
  return [](const Invocation&) -> Result {
    return {fmt::format("refract {} (LibTorch {})\n", REFRACT_VERSION, TORCH_VERSION),
            {{"refract", REFRACT_VERSION}, {"libtorch", TORCH_VERSION}}};
  };
}

}  // namespace

Command version_command() {
  return {"version", "Show the versions of refract and of LibTorch.", "", {"bin/refract version"}, declare_version};
}

}  // namespace refract
