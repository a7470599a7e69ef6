// Data set `yaleb`: Extended Yale B, faces lit from 64 directions (Georghiades et al. 2001; cropped: Lee et al. 2005),
// without a reference set. People are the classes; each is seen in training, under other lights than when scored, as in
// Mathieu et al. 2016.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

struct YaleBOptions {
  PictureSize size;
  std::string fit = "stretch";  // crop, pad: see Fit
  std::string people = "11-39";
  int64_t unseen_people = 0;
  int64_t data_seed = 1;
  bool skip_bad_images = false;
  bool cache = true;      // see picture_cache.h
  std::string yaleb_dir;  // "" looks at the environment variable YALEB_DIR, then data/yaleb
  Options describe();
};

// What the name of a file tells: yaleB11_P00A+005E-10.pgm is person 11 in pose 0, the light 5 degrees to the side and
// 10 down.
struct YaleBName {
  int64_t person, pose, azimuth, elevation;
};

// Nothing for names of another form, such as those of pictures without the lamps (yaleB11_P00_Ambient.pgm) and of bad
// ones (.pgm.bad). Throws BadInput for a light beyond those of the set: azimuth -130 to 130, elevation -40 to 90.
std::optional<YaleBName> yaleb_name(const std::string& file);

// "1-3,7" is 1, 2, 3 and 7. Throws BadInput for anything else, and for numbers beyond 99.
std::set<int64_t> people_in(std::string_view text);

// Gray. From either of
//   image files as they are distributed, in the folder and below (yaleB11/yaleB11_P00A+000E+00.pgm,
//   CroppedYale/yaleB01/...), in all poses that are there;
//   images.idx or images.idx.gz, and labels.csv with a column `path` of such names.
// Attribute and class: the person, named by its number ("11"), of those in `people` that are there. Factors: azimuth
// and elevation, from 0 to 1 over the range of the set, and the pose where there are several. Of each person's light
// directions an eighth, drawn by data_seed for each by itself, fits the probes and another eighth scores them, in all
// poses: of 64 directions 48 train, 8 fit and 8 score; persons with fewer keep the proportions, rounded.
//
// With unseen_people, so many of them, drawn by data_seed, are held out whole, and nobody else is: half of each one's
// directions, drawn likewise, fit the probes, and the other half scores them. The classes name everyone. The values of
// the attribute, which methods learn from, are the others alone, and it is unknown of those held out, whom
// info().note names.
//
// Throws BadInput: no file of such a name for any of the people; no person left to train on; and as named_pictures.h
// says; bad image files, unless these are to be left out (info().note counts them).
std::unique_ptr<DataSource> make_yaleb(const YaleBOptions& options, const OnProgress& on_progress = {});

}  // namespace refract
