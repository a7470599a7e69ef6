// The layouts in which FER2013 is passed round. Each function gives nothing where a folder has no files of its layout,
// and otherwise throws as read_fer2013 does.
#pragma once

#include <filesystem>
#include <optional>

#include "refract/data/sets/fer2013.h"

namespace refract {

constexpr int64_t kFaceSide = 48;
constexpr int64_t kEmotions = 7;

std::optional<Faces> faces_of_csv(const std::filesystem::path& folder);
std::optional<Faces> faces_of_idx(const std::filesystem::path& folder);
std::optional<Faces> faces_of_folders(const std::filesystem::path& folder, bool skip_bad,
                                      const OnProgress& on_progress);

}  // namespace refract
