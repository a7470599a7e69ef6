// Codes of several models, and what is known of the images, as metrics want them.
#pragma once

#include <filesystem>
#include <vector>

#include "refract/eval/representation.h"

namespace refract {

struct ModelCodes {
  Representation all;                  // named as the file
  std::vector<Representation> blocks;  // each alone, "NAME e"; empty where the file has one
  bool known = false;                  // whether there are factors; all.factors has none elsewhere
};

// One model a file (.npz or .csv, see code_table.h), named as the file without its folder and ending where that is
// unique, and as given elsewhere. `all` leaves out blocks of probabilities where there are others. A factor whose
// values are all whole numbers is discrete; where there are no factors, the classes are one. Several files are of the
// same images: a file without factors has those of another. Throws BadInput, naming the file: as read_npz_codes,
// read_csv_codes and representation do, for names of images or factors that are not those of another file, and for
// other numbers of images.
std::vector<ModelCodes> read_codes(const std::vector<std::filesystem::path>& files);

}  // namespace refract
