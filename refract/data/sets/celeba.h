// Data set `celeba`: faces with binary attributes (Liu et al. 2015), without a reference set. Factors: the attributes,
// each with two values. What semi-supervised methods see: the discrete variables of Hajimiri et al. 2021, App. B.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

struct CelebaOptions {
  PictureSize size;
  std::string fit = "crop";  // pad, stretch: see Fit
  int64_t data_seed = 1;
  bool skip_bad_images = false;
  bool cache = true;       // see picture_cache.h
  std::string celeba_dir;  // "" looks at the environment variable CELEBA_DIR, then data/celeba
  Options describe();
};

enum class CelebaPart : uint8_t { train, validation, test };

struct CelebaTable {
  std::vector<std::string> files;  // names of the images, such as 000001.jpg
  std::vector<std::string> names;  // of the attributes, such as Black_Hair
  Tensor values;                   // [N, K] bool
  std::vector<CelebaPart> parts;   // empty where list_eval_partition.txt is not there
  std::map<std::string, std::string> checksums;
};

// list_attr_celeba.txt as it is distributed (the number of images; the names of the attributes; for each image its name
// and 1 or -1 for each attribute), and list_eval_partition.txt (0 train, 1 validation, 2 test; same order) where it is
// there. Throws BadInput naming the file and line that is missing or damaged.
CelebaTable read_celeba(const std::filesystem::path& folder);

// The discrete variables, [N, 8] int64:
//   hair              black, brown, blond, gray; unknown where none or several of them are marked
//   beard             none, goatee, other (a beard that is no goatee); unknown where a goatee is marked without a beard
//   bangs, receding hairline, eyeglasses, smiling, hat: no, yes
//   sex               female, male
// The paper has the tone of the skin, which its authors labelled themselves and did not publish, where the hat is.
// Throws BadInput where an attribute that is needed is not in the table.
struct CelebaVariables {
  std::vector<Attribute> attributes;
  Tensor values;
};
CelebaVariables celeba_variables(const CelebaTable& table);

// Colour; each image of img_align_celeba is fitted to the size (see image_file.h). Every image is read once
// beforehand, so that a bad one is known before the first step (image_store.h), and the checksum of all stands in
// info().checksums. Training images are unlabelled, validation images fit and test images score the probes; without
// list_eval_partition.txt a tenth each, drawn by data_seed, fits and scores them. Throws BadInput as read_celeba does,
// and where a listed image is missing or bad, unless these are to be skipped: info().note then counts them, and the
// others stay in their splits.
std::unique_ptr<DataSource> make_celeba(const CelebaOptions& options, const OnProgress& on_progress = {});

}  // namespace refract
