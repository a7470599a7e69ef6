#include "refract/train/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/nesting.h"
#include "refract/train/manifest.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "step-";
constexpr std::string_view suffix = ".safetensors";
constexpr size_t kept_checkpoints = 2;

fs::path checkpoint_folder(const fs::path& run) {
  return run / "checkpoints";
}

std::optional<int64_t> step_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= prefix.size() + suffix.size()) return {};
  const std::string_view digits =
      std::string_view(name).substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  int64_t step = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return step;
}

// What a kill left of unfinished files, and checkpoints older than the ones that are kept.
void remove_leftovers(const Run& run) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(checkpoint_folder(run.path()), ignored))
    if (entry.path().extension() == ".partial") fs::remove(entry.path(), ignored);
  const std::vector<fs::path> files = run.checkpoints();
  for (size_t i = 0; i + kept_checkpoints < files.size(); ++i) fs::remove(files[i], ignored);
}

bool is_whole(const fs::path& checkpoint) {
  try {
    inspect_checkpoint(checkpoint);
    return true;
  } catch (const BadInput&) {
    return false;
  }
}

// What to do about a damaged newest checkpoint.
std::string way_out(const std::vector<fs::path>& checkpoints) {
  for (size_t i = checkpoints.size() - 1; i-- > 0;)
    if (is_whole(checkpoints[i]))
      return fmt::format("The checkpoint before it, {}, is whole: remove the damaged file to go on from there.",
                         checkpoints[i].string());
  return "There is no older checkpoint that is whole: train again.";
}

}  // namespace

RunLock::RunLock(const fs::path& run_directory)
    : descriptor_(::open(run_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(descriptor_);
  throw BadInput(fmt::format("Training the run {}: another process is training it. Wait for it, or stop it first.",
                             run_directory.string()));
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool is_training(const fs::path& run_directory) {
  const int descriptor = ::open(run_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

void Run::check_absent(const fs::path& directory) {
  if (directory.empty()) throw BadInput("Creating a run directory: expected a path, found none. Name one with --out.");
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(without_slash(directory), ignored))) return;
  const bool is_run = fs::exists(directory / "options.toml", ignored);
  throw BadInput(fmt::format(
      "Creating the run directory {}: it exists already. {}hoose another path with --out.", directory.string(),
      is_run ? fmt::format("Continue it with `refract resume '{}'`, or c", directory.string()) : "C"));
}

Run Run::create(const fs::path& directory, const Settings& settings, const DataInfo& data, const std::string& command,
                const Indices& labelled, int64_t steps) {
  check_absent(directory);
  std::error_code ignored;  // of a working directory that was removed
  const fs::path here = fs::current_path(ignored);
  const RunOrigin origin{here, (here / without_slash(directory)).lexically_normal(), steps};
  NewFolder staging(directory);
  Run run(staging.path());
  write_file(run.options_file(), settings.toml());
  write_file(run.manifest_file(), manifest_text(settings, data, command, origin));
  if (!labelled.empty()) write_file(run.labelled_file(), fmt::format("{}\n", fmt::join(labelled, "\n")));
  fs::create_directory(checkpoint_folder(run.path()));
  staging.publish();
  return Run(without_slash(directory));
}

Run Run::open(const fs::path& directory) {
  const auto refuse = [&](std::string_view why) {
    return BadInput(fmt::format("Opening the run {}: {}. Give the folder that `refract train ... --out` made.",
                                directory.string(), why));
  };
  std::error_code ignored;
  if (!fs::exists(directory, ignored)) throw refuse("there is no such folder");
  if (!fs::is_directory(directory, ignored)) throw refuse("it is not a folder");
  Run run(directory);
  for (const fs::path& file : {run.options_file(), run.manifest_file()})
    if (!fs::exists(file, ignored))
      throw refuse(fmt::format("it has no {}, so it is not a run", file.filename().string()));
  return run;
}

std::unique_ptr<Settings> Run::settings() const {
  return Settings::read(options_file());
}

std::string Run::manifest() const {
  std::string text = read_file(manifest_file());
  check_json_bounds(text, manifest_file().string());
  return text;
}

std::vector<fs::path> Run::checkpoints() const {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(checkpoint_folder(path()), ignored))
    if (step_of(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) { return step_of(a) < step_of(b); });
  return files;
}

void Run::save(Method& method, const CheckpointInfo& info) const {
  const auto save_below = [&](const fs::path& place) {
    std::error_code ignored;  // writing says why
    fs::create_directory(checkpoint_folder(place), ignored);
    save_checkpoint(checkpoint_folder(place) / fmt::format("{}{:08}{}", prefix, info.step, suffix), method, info);
  };
  const fs::path place = path();
  try {
    save_below(place);
  } catch (const Error&) {
    if (path() == place) throw;
    save_below(path());
  }
  remove_leftovers(*this);
}

CheckpointInfo Run::load(Method& method, bool with_moments) const {
  const std::vector<fs::path> files = checkpoints();
  if (files.empty())
    throw BadInput(fmt::format("Opening the run {}: it has no checkpoint yet. {}", path().string(),
                               is_training(path())
                                   ? "A process is training it and will write one: wait for that."
                                   : fmt::format("Train it further with `refract resume '{}'`.", path().string())));
  try {
    return load_checkpoint(files.back(), settings()->method, method, with_moments);
  } catch (const BadInput& error) {
    if (is_whole(files.back()) || ::access(files.back().c_str(), R_OK) != 0) throw;
    throw BadInput(fmt::format("{} {}", error.what(), way_out(files)));
  }
}

}  // namespace refract
