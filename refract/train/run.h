// A run directory: what a training leaves behind. docs/run-directory.md specifies it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/held_folder.h"
#include "refract/train/checkpoint.h"
#include "refract/train/settings.h"

namespace refract {

// Keeps a second process from training the same run. Released at destruction, and by the system when the process is
// killed.
class RunLock {
 public:
  // Throws BadInput where another process holds it. A file system without locks grants every one.
  explicit RunLock(const std::filesystem::path& run_directory);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

 private:
  int descriptor_;
};

// Whether a process is training the run at this moment.
bool is_training(const std::filesystem::path& run_directory);

class Run {
 public:
  // A new directory with options.toml and manifest.json, complete or absent. Throws BadInput where the path exists
  // already (naming `resume` and the choice of another path), Error where it cannot be written. `command` is the
  // command line to show in the report; `labelled` are the unlabelled images whose labels the method sees; `steps` are
  // those of the whole training, 0 for unknown.
  static Run create(const std::filesystem::path& directory, const Settings& settings, const DataInfo& data,
                    const std::string& command, const Indices& labelled = {}, int64_t steps = 0);

  // Throws BadInput where `directory` exists already, as create() does: for asking before long work.
  static void check_absent(const std::filesystem::path& directory);

  // An existing one. Throws BadInput where it is missing or not a run directory.
  static Run open(const std::filesystem::path& directory);

  // As it was given, or where the folder was moved to since. Throws Error where it was deleted (core/held_folder.h).
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path options_file() const { return path() / "options.toml"; }
  [[nodiscard]] std::filesystem::path manifest_file() const { return path() / "manifest.json"; }
  [[nodiscard]] std::filesystem::path labelled_file() const { return path() / "labelled.txt"; }
  [[nodiscard]] std::filesystem::path metrics_file() const { return path() / "metrics.csv"; }
  [[nodiscard]] std::filesystem::path events_folder() const { return path() / "events"; }

  [[nodiscard]] std::unique_ptr<Settings> settings() const;
  [[nodiscard]] std::string manifest() const;  // JSON text

  // Checkpoints, oldest first; empty before the first. The last two are kept.
  [[nodiscard]] std::vector<std::filesystem::path> checkpoints() const;
  // Throws Error where it cannot be written. A folder that is moved at that moment is written to where it is then.
  void save(Method& method, const CheckpointInfo& info) const;

  // Newest checkpoint into the method; throws BadInput where there is none or it is damaged (naming the older one that
  // is whole, if there is one).
  CheckpointInfo load(Method& method, bool with_moments) const;

 private:
  explicit Run(const std::filesystem::path& path) : folder_(path) {}
  HeldFolder folder_;
};

// A run made usable: its data source and its model.
struct OpenedRun {
  Run run;
  std::unique_ptr<Settings> settings;
  std::unique_ptr<DataSource> data;  // null when opened without data
  std::unique_ptr<Method> method;
  CheckpointInfo checkpoint;       // what `method` holds; step 0 before the first checkpoint
  std::vector<std::string> notes;  // sentences that the user should see
  DataInfo trained_on;             // what the manifest says of the data: space, columns, classes, attributes

  // The method on the CPU with the weights that the run began with: what training is to be compared with.
  [[nodiscard]] std::unique_ptr<Method> untrained() const;
};

// May refuse the data or the method by throwing, before a run is created.
using CheckStart = std::function<void(const DataSource&, const Model&)>;

// A new run, ready to train: data read and found sufficient, weights drawn, directory created last. `settings` are
// those chosen; `directory` and `command` as for Run::create. A batch larger than a set that it is drawn from is
// lowered to that set, in the settings and with a note. Throws what these and `check` throw, and BadInput for more than
// most_threads(), with nothing left behind. Here and below `on_progress` is told how far the reading of the data is.
OpenedRun start_run(const std::filesystem::path& directory, std::unique_ptr<Settings> settings,
                    const std::string& command, const CheckStart& check = {}, const OnProgress& on_progress = {});

// What a run is resumed with beyond what it was started with.
struct Resumption {
  int64_t steps = 0;      // of the whole training from now on; 0 leaves them
  KeyValues places = {};  // options of its data: where they lie now (see data_places.h)
};

// An interrupted run, ready to go on: method on the run's device, with Adam's moments. Goes on from step 0 where the
// run was stopped before its first checkpoint. Notes what keeps the result from being bit-identical to an uninterrupted
// run's. What `changes` says is then recorded in options.toml and manifest.json; the step size from then on is that of
// a training of so many steps (see rate_at). Throws BadInput for steps that are done already, and where another process
// is training the run.
OpenedRun resume_run(const std::filesystem::path& directory, const Resumption& changes = {},
                     const OnProgress& on_progress = {});

// A trained run, ready to use: method on the CPU, with the newest checkpoint's weights. `with_data` false leaves the
// data source out: a model is used on own images without the data it was trained on. `places` as for a resumption, but
// nothing is recorded. Throws BadInput before the first checkpoint.
OpenedRun open_run(const std::filesystem::path& directory, bool with_data, const KeyValues& places = {},
                   const OnProgress& on_progress = {});

// A run to look at, in whatever state: as opened without data, but before the first checkpoint with the weights that
// training began with.
OpenedRun inspect_run(const std::filesystem::path& directory);

}  // namespace refract
