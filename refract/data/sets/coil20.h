// Data set `coil20`: 20 objects on a turntable, seen every 5 degrees (Nene et al. 1996), without a reference set.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

struct Coil20Options {
  int64_t size = 32;
  bool skip_bad_images = false;
  bool cache = true;       // see picture_cache.h
  std::string coil20_dir;  // "" looks at the environment variable COIL20_DIR, then data/coil20
  Options describe();
};

// obj3__71.png is object 3 in pose 71.
struct Coil20Name {
  int64_t object;  // from 1
  int64_t pose;    // 0 .. 71, turned by 5 degrees each
};

// Nothing for names of another form. Throws BadInput for an object beyond 20 or a pose beyond 71: the names of COIL-100
// are of this form, too.
std::optional<Coil20Name> coil20_name(const std::string& file);

// Gray, square. From either of
//   image files as they are distributed, in the folder and below (coil-20-proc/obj1__0.png);
//   images.idx or images.idx.gz, and labels.csv with columns `object` from 0 and `pose`.
// Attribute and class: the object, named obj1 to obj20. Factor: angle / 360 degrees, a plain number although angles 0
// and 1 would be the same. Of each three poses in a row the last is held out: they fit and score the probes in turn, so
// that of 72 poses 48 train, 12 fit and 12 score. Throws BadInput: no such files, and as named_pictures.h says; bad
// image files, unless these are to be left out (info().note counts them).
std::unique_ptr<DataSource> make_coil20(const Coil20Options& options, const OnProgress& on_progress = {});

}  // namespace refract
