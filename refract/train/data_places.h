// Where the data of a run lie now: runs and data move.
#pragma once

#include "refract/train/run.h"

namespace refract {

// Sets the options of `settings` that say where data lie: to what `named` says of them, from the working directory;
// else to where they lay at the start of the training, as the run's options and manifest have it; else to the same
// place as seen from the run's folder, for a project that moved as a whole. Other options that `named` has get its
// values. Throws BadInput: a name that is no option of this data set, or nothing at any of these places (naming all and
// the flag to use).
void find_data(Settings& settings, const Run& run, const KeyValues& named);

}  // namespace refract
