// What the unlabelled and the reference folder have in common.
#pragma once

#include <filesystem>
#include <string>

#include "refract/data/files/image_store.h"

namespace refract {

// Throws BadInput where both are one folder, by whatever names.
void refuse_same_folder(const std::filesystem::path& unlabelled, const std::filesystem::path& reference);

struct FolderOfImages {
  std::filesystem::path path;
  const ImageStore& images;
};

// A sentence or two for the user where one folder lies in the other, or where files of both are alike byte for byte; ""
// where they share nothing.
std::string overlap_note(const FolderOfImages& unlabelled, const FolderOfImages& reference);

}  // namespace refract
