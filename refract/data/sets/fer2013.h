// Data set `fer2013`: faces with expressions (Goodfellow et al. 2013), as a reference-based task like that of Ruiz et
// al. 2019, Sec. 5.1: neutral faces are the reference set, the other six expressions the unlabelled set.
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

struct Fer2013Options {
  int64_t size = 64;
  int64_t data_seed = 1;
  bool skip_bad_images = false;
  std::string fer2013_dir;  // "" looks at the environment variable FER2013_DIR, then data/fer2013
  Options describe();
};

enum class FacePart : uint8_t { train, validation, test };

struct Faces {
  Tensor images;  // [N, 48, 48] uint8
  Tensor labels;  // [N] int64, 0 .. 6: angry, disgust, fear, happy, sad, surprise, neutral
  std::vector<FacePart> parts;
  std::map<std::string, std::string> checksums;
  std::string note;  // a sentence on what was left out
};

// From the first of these that the folder, or `fer2013` or `images` in it, has:
//   a CSV file whose heading names emotion, pixels and Usage, as fer2013.csv and icml_face_data.csv have them, in any
//   order (Usage: Training, PublicTest for validation, PrivateTest for test);
//   a CSV file without Usage, as train.csv of the Kaggle competition: all training, and test.csv beside it where that
//   has emotions too;
//   images.idx or images.idx.gz, labels.idx, and split.csv (index, path, whose first folder is train, validation or
//   test);
//   folders train and, if there are any, validation and test, with a folder of image files for each emotion
//   (train/angry/1.jpg).
// Throws BadInput naming the file and line that is missing or damaged; with `skip_bad`, image files that are bad are
// left out and counted.
Faces read_fer2013(const std::filesystem::path& folder, bool skip_bad = false, const OnProgress& on_progress = {});

// Gray, resized from 48x48 (bilinearly to larger sizes, by area to smaller). Neutral and other faces of the training
// part are reference and unlabelled images; the others of the validation part fit the probes and those of the test part
// score them, without images that also occur in the training or validation part. Where the files have no such part, a
// tenth of the training faces that are not neutral, drawn by data_seed, takes its place. Throws BadInput where the
// files are missing or damaged.
std::unique_ptr<DataSource> make_fer2013(const Fer2013Options& options, const OnProgress& on_progress = {});

}  // namespace refract
