#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/generator.h"
#include "refract/core/nesting.h"
#include "refract/core/random.h"
#include "refract/data/loader.h"
#include "refract/train/data_places.h"
#include "refract/train/machine.h"
#include "refract/train/manifest.h"
#include "refract/train/run.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

// Every run of a seed starts from the same weights, whatever was drawn before. The networks behave as in use until
// training says otherwise.
std::unique_ptr<Method> make_method(const Settings& settings, const Space& space) {
  const KeptGenerator kept;
  at::manual_seed(mix(static_cast<uint64_t>(settings.train.seed), Stream::weights));
  auto method = settings.method_recipe.make(space);
  method->train(false);
  return method;
}

// Trying to build the loader says in a sentence what the data lacks.
Loader loader_of(const DataSource& data, const Method& method, const TrainOptions& options) {
  return {data, method.needs(), options.batch, static_cast<uint64_t>(options.seed)};
}

// A set smaller than a batch is no reason to train nothing. Returns a sentence where the batch was lowered.
std::string lower_batch(TrainOptions& options, const DataSource& data, const Needs& needs) {
  const int64_t unlabelled = main_population(data, needs);
  const int64_t reference = needs.reference.wanted ? data.count(Split::reference) : unlabelled;
  const int64_t most = std::min(unlabelled, reference);
  if (most < 1 || options.batch <= most) return "";  // the loader says what is missing
  const std::string_view smaller = name_of(reference < unlabelled ? Split::reference : Split::unlabelled);
  if (most < needs.least_batch)
    throw BadInput(
        fmt::format("Loading batches of {}: the method compares the examples of a batch, so that it needs {} or more; "
                    "there are {} {} examples. Add some.",
                    data.info().name, needs.least_batch, most, smaller));
  const int64_t before = std::exchange(options.batch, most);
  return fmt::format("The batch is lowered from {} to {} examples: there are no more {} ones.", before, most, smaller);
}

// What a run records of its options has to be read again.
void expect_readable(const Settings& settings) {
  for (const Option& option : settings.options.all())
    check_toml_bounds(fmt::format("{} = {}\n", option.name, option.toml()), fmt::format("option {}", option.name));
  if (const size_t bytes = settings.toml().size(); bytes > most_toml_bytes)
    throw BadInput(
        fmt::format("Starting a run: its options take {} bytes, and at most {} are read again. Give shorter "
                    "lists, or take columns out of the file.",
                    bytes, most_toml_bytes));
}

void check_space(const DataInfo& data, const Space& trained, const Run& run) {
  if (data.space == trained) return;
  throw BadInput(
      fmt::format("Opening the run {}: it was trained on {}, but {} now has {}. Put the data back as it was.",
                  run.path().string(), text_of(trained), data.name, text_of(data.space)));
}

// The classes decide what is held out: with others, what trained would be measured as held out.
void check_classes(const DataInfo& data, const DataInfo& then, const Run& run) {
  if (data.classes == then.classes) return;
  throw BadInput(
      fmt::format("Opening the run {}: it was trained on {} with {} classes, and this version finds {}, so that other "
                  "examples would be held out. Train it again to go on or to measure it; own images need no data.",
                  run.path().string(), data.name, then.classes.size(), data.classes.size()));
}

// "train.idx has another checksum", a line for each difference.
std::string differences(const std::map<std::string, std::string>& then, const std::map<std::string, std::string>& now) {
  std::vector<std::string> found;
  for (const auto& [name, sum] : then)
    if (!now.contains(name))
      found.push_back(fmt::format("'{}' is not there any more", name));
    else if (now.at(name) != sum)
      found.push_back(
          fmt::format("'{}' has other content (SHA-256 {:.12}... then, {:.12}... now)", name, sum, now.at(name)));
  for (const auto& [name, sum] : now)
    if (!then.contains(name)) found.push_back(fmt::format("'{}' is new", name));
  return fmt::format("{}", fmt::join(found, ", "));
}

// Training on other images, or replacing measurements by theirs, would be a mistake that nobody notices.
void check_files(const DataInfo& now, const DataInfo& then, const Run& run) {
  if (now.checksums == then.checksums) return;
  throw BadInput(
      fmt::format("Opening the run {}: the files of {} differ from those of the training, whose checksums are in {}: "
                  "{}. {}{}Put them back, or start a new run.",
                  run.path().string(), now.name, run.manifest_file().string(),
                  differences(then.checksums, now.checksums), now.note, now.note.empty() ? "" : " "));
}

// Before small sub-folders of images could be classes, a single one of them meant that there were none. Runs of then do
// not have this option.
void keep_without_classes(Settings& settings, const DataInfo& then, const Run& run) {
  constexpr const char* name = "class_folders";
  if (!then.classes.empty() || !settings.data_recipe.options.has(name)) return;
  const KeyValues recorded = read_toml(run.options_file());
  if (std::none_of(recorded.begin(), recorded.end(), [&](const auto& pair) { return pair.first == name; }))
    settings.data_recipe.options.at(name).parse("false");
}

// Leaving out files that are bad now would be other data: the advice is for new trainings.
std::unique_ptr<DataSource> data_again(const Settings& settings, const OnProgress& on_progress) try {
  return settings.data_recipe.make(on_progress);
} catch (const BadInput& error) {
  const std::string why = error.what();
  if (why.find("--skip-bad-images") == std::string::npos) throw;
  throw BadInput(why + " This is possible only for a new training: this run needs its files as they were.");
}

OpenedRun opened_without_weights(const std::filesystem::path& directory, bool with_data, const KeyValues& places,
                                 const OnProgress& on_progress) {
  Run run = Run::open(directory);
  auto settings = run.settings();
  const DataInfo then = manifest_data(run.manifest(), run.manifest_file().string());
  OpenedRun opened{std::move(run), std::move(settings), nullptr, nullptr, {}, {}, then};
  if (with_data) {
    find_data(*opened.settings, opened.run, places);
    keep_without_classes(*opened.settings, then, opened.run);
    opened.data = data_again(*opened.settings, on_progress);
    check_files(opened.data->info(), then, opened.run);
    check_space(opened.data->info(), then.space, opened.run);
    check_classes(opened.data->info(), then, opened.run);
    if (const std::string& note = opened.data->info().note; !note.empty()) opened.notes.push_back(note);
  }
  opened.method = make_method(*opened.settings, then.space);
  return opened;
}

void note_lost_identity(OpenedRun& opened) {
  const CheckpointInfo& then = opened.checkpoint;
  const int threads = thread_count(opened.settings->train);
  if (then.threads != threads)
    opened.notes.push_back(
        fmt::format("The checkpoint was trained with {} threads, and training goes on with {}: the weights "
                    "will not be bit-identical to an uninterrupted run's.",
                    then.threads, threads));
  if (then.libtorch != libtorch_version())
    opened.notes.push_back(
        fmt::format("The checkpoint was trained with LibTorch {}, and training goes on with {}: the weights "
                    "will not be bit-identical to an uninterrupted run's.",
                    then.libtorch, libtorch_version()));
}

// Steps whose rate had begun to fall before the training was made longer cannot be taken back.
void note_fallen_rate(OpenedRun& opened, int64_t planned, int64_t steps) {
  const int64_t done = opened.checkpoint.step;
  const double decay = opened.settings->train.decay;
  if (done == 0 || rate_at(done - 1, planned, decay) >= 1) return;
  opened.notes.push_back(
      fmt::format("The learning rate had begun to fall towards the old end, step {}. It is full again from here and "
                  "falls towards step {}, so the result differs from one training of {} steps.",
                  planned, steps, steps));
}

// Sets another end, and records it.
void lengthen(OpenedRun& opened, int64_t steps) {
  const int64_t done = opened.checkpoint.step;
  if (steps <= done)
    throw BadInput(fmt::format("Resuming the run {} to step {}: it has done {} steps already. Give a higher --steps.",
                               opened.run.path().string(), steps, done));
  const RunLock lock(opened.run.path());
  const Loader loader = loader_of(*opened.data, *opened.method, opened.settings->train);
  note_fallen_rate(opened, total_steps(opened.settings->train, loader.steps_per_epoch()), steps);
  opened.settings->options.set("steps", std::to_string(steps));
  write_file(opened.run.manifest_file(),
             manifest_with_resumption(opened.run.manifest(), opened.run.manifest_file().string(), done, steps));
}

}  // namespace

std::unique_ptr<Method> OpenedRun::untrained() const {
  return make_method(*settings, method->space());
}

OpenedRun start_run(const std::filesystem::path& directory, std::unique_ptr<Settings> settings,
                    const std::string& command, const CheckStart& check, const OnProgress& on_progress) {
  Run::check_absent(directory);
  expect_readable(*settings);
  expect_sensible_threads(settings->train);
  const at::Device device = device_of(settings->train);
  auto data = settings->data_recipe.make(on_progress);
  settings->fill_from(data->info());
  expect_readable(*settings);
  auto method = make_method(*settings, data->info().space);
  if (check) check(*data, *method);
  const std::string lowered = lower_batch(settings->train, *data, method->needs());
  const Loader loader = loader_of(*data, *method, settings->train);
  move_to(device, *method);
  Run run = Run::create(directory, *settings, data->info(), command, loader.labelled(),
                        total_steps(settings->train, loader.steps_per_epoch()));
  std::vector<std::string> notes;
  for (const std::string& note : {data->info().note, lowered, loader.note()})
    if (!note.empty()) notes.push_back(note);
  DataInfo info = data->info();
  return {std::move(run),   std::move(settings), std::move(data), std::move(method), {},
          std::move(notes), std::move(info)};
}

OpenedRun resume_run(const std::filesystem::path& directory, const Resumption& changes, const OnProgress& on_progress) {
  OpenedRun opened = opened_without_weights(directory, true, changes.places, on_progress);
  move_to(device_of(opened.settings->train), *opened.method);
  if (!opened.run.checkpoints().empty()) {
    opened.checkpoint = opened.run.load(*opened.method, true);
    note_lost_identity(opened);
  }
  if (changes.steps > 0) lengthen(opened, changes.steps);
  if (changes.steps > 0 || !changes.places.empty()) write_file(opened.run.options_file(), opened.settings->toml());
  return opened;
}

OpenedRun open_run(const std::filesystem::path& directory, bool with_data, const KeyValues& places,
                   const OnProgress& on_progress) {
  OpenedRun opened = opened_without_weights(directory, with_data, places, on_progress);
  opened.checkpoint = opened.run.load(*opened.method, false);
  opened.method->train(false);
  return opened;
}

OpenedRun inspect_run(const std::filesystem::path& directory) {
  OpenedRun opened = opened_without_weights(directory, false, {}, {});
  if (!opened.run.checkpoints().empty()) opened.checkpoint = opened.run.load(*opened.method, false);
  return opened;
}

}  // namespace refract
