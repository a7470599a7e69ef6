// Trains Rb-VAE on two folders of pictures, leaves a run directory, and shows the target factors of some pictures moved
// to others.
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/draw/picture.h"
#include "refract/figures/sheets.h"
#include "refract/train/machine_set_up.h"
#include "refract/train/trainer.h"

namespace {

void report(const refract::TrainingProgress& at) {
  fmt::print("step {} of {}\n", at.step, at.steps);
}

void run(const std::vector<std::string>& words) {
  if (words.size() != 4)
    throw refract::BadInput(
        "Usage: train_folders REFERENCE UNLABELLED RUN STEPS, two folders of pictures, one to make.");

  // What the program has as flags; `refract train rbvae --data folders --help` lists all.
  auto settings = std::make_unique<refract::Settings>("rbvae", "folders");
  settings->set({{"reference", words[0]}, {"unlabelled", words[1]}, {"size", "32"}, {"steps", words[3]}});
  settings->set({{"widths", "16,32"}, {"latent_e", "8"}, {"latent_z", "16"}, {"learning_rate", "1e-3"}});

  refract::OpenedRun opened = refract::start_run(words[2], std::move(settings), "train_folders");
  refract::train(*opened.method, *opened.data, *opened.settings, opened.run, 0, {report});

  const auto few = [&](int64_t first) {
    return opened.data->examples(refract::Split::unlabelled, {first, first + 1, first + 2, first + 3});
  };
  const refract::Figure transfer = refract::transfer_sheet(*opened.method, few(0), few(4));
  const auto file = opened.run.path() / "transfer.png";
  refract::write_file(file, refract::png(transfer.frames.at(0)));
  fmt::print("{}\n{} is written.\n", transfer.caption, file.string());
}

}  // namespace

int main(int argc, char** argv) try {
  refract::set_up_machine(argv);
  run({argv + 1, argv + argc});
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
