// Data set `norb`: small NORB, photographs of 50 toys of five categories from all sides (LeCun et al. 2004), without a
// reference set. The toys that score were never seen in training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct NorbOptions {
  int64_t size = 32;
  std::string camera = "left";  // right, both
  int64_t data_seed = 1;
  int64_t fit_images = 4300;
  std::string norb_dir;  // "" looks at the environment variable NORB_DIR, then data/norb
  Options describe();
};

enum class NorbCamera { left, right, both };

struct NorbPart {
  Tensor images;      // [N, C, size, size] uint8, a channel a camera
  Tensor categories;  // [N] int64, 0 .. 4
  Tensor info;        // [N, 4] int64: instance 0 .. 9, elevation 0 .. 8, azimuth 0, 2 .. 34, lighting 0 .. 5
  std::map<std::string, std::string> checksums;
};

// The files PREFIX-dat.mat, PREFIX-cat.mat and PREFIX-info.mat (or .mat.gz) of a folder, the images resized (resize.h).
// Throws BadInput naming the file that is missing, damaged (norb_matrix.h), of another shape than [N, 2, S, S], [N] and
// [N, 4], or whose numbers are out of range.
NorbPart read_norb_part(const std::filesystem::path& folder, const std::string& prefix, NorbCamera camera,
                        int64_t size);

// Gray, square. The 25 toys of the training files are unlabelled images, but for `fit_images` records drawn by
// data_seed, which fit the probes; all of the testing files, 25 other toys, score them. With both cameras a record is
// two images one after the other, which stay in one part. Attributes: the toy (an identity, "animal 4") and its
// category; the category is the class. Factors: elevation, azimuth (of 18 steps around), lighting, and the camera where
// there are both. Throws BadInput as read_norb_part does, and where no training image would be left.
std::unique_ptr<DataSource> make_norb(const NorbOptions& options);

}  // namespace refract
