// What lies in a folder of images beside those that are read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "refract/data/files/image_file.h"

namespace refract {

// The other files in `folder` and below. `listed` is what list_images found there. What starts with a dot is passed
// over, as are folders that cannot be read.
Paths ignored_files(const std::filesystem::path& folder, const Paths& listed);

// How many of the files there are of each ending of a name, in small letters ("gif"; "" for none). A file that is named
// twice counts once.
std::map<std::string, int64_t> by_ending(const Paths& files);

// "4 files ignored: 2 gif, 1 svg, 1 txt", those that are most first; "" for none.
std::string ignored_text(const std::map<std::string, int64_t>& ignored);

}  // namespace refract
