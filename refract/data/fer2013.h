// Data set `fer2013`: faces with expressions (Goodfellow et al. 2013), as a reference-based task like that of Ruiz et
// al. 2019, Sec. 5.1: neutral faces are the reference set, the other six expressions the unlabelled set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct Fer2013Options {
  int64_t size = 64;
  std::string fer2013_dir;  // "" looks at the environment variable FER2013_DIR, then data/fer2013
  Options describe();
};

enum class FacePart : uint8_t { train, validation, test };

struct Faces {
  Tensor images;  // [N, 48, 48] uint8
  Tensor labels;  // [N] int64, 0 .. 6: angry, disgust, fear, happy, sad, surprise, neutral
  std::vector<FacePart> parts;
  std::map<std::string, std::string> checksums;
};

// From fer2013.csv as it is distributed (emotion, pixels, Usage: Training, PublicTest for validation, PrivateTest for
// test), or from images.idx or images.idx.gz, labels.idx, and split.csv (index, path, whose first folder is train,
// validation or test). Throws BadInput naming the file and line that is missing or damaged.
Faces read_fer2013(const std::filesystem::path& folder);

// Gray, resized from 48x48 (bilinearly to larger sizes, by area to smaller). Neutral and other faces of the training
// part are reference and unlabelled images; the others of the validation part fit the probes and those of the test part
// score them, without images that also occur in the training or validation part. Throws BadInput where the files are
// missing or damaged.
std::unique_ptr<DataSource> make_fer2013(const Fer2013Options& options);

}  // namespace refract
