// The folder of what is kept between runs because it saves time, and can be made again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace refract {

// What the environment variable REFRACT_CACHE names; where it is not set, `refract` below XDG_CACHE_HOME or ~/.cache.
// Empty where REFRACT_CACHE is, or no home is known: nothing is kept then.
std::filesystem::path cache_folder();

// Bytes that files in it may take together: 20 GiB, or a tenth of what would be free on the disk without them if that
// is less. 0 where there is no such folder.
uintmax_t cache_bound(const std::filesystem::path& folder, std::string_view ending);

// Deletes files of that ending, the least recently changed first, until `bytes` more are within the bound; `but` stays
// and does not count, because it will be replaced. False, and nothing is deleted, where `bytes` alone are beyond it.
// Unfinished files that are a day old go, too.
bool make_room(const std::filesystem::path& folder, std::string_view ending, uintmax_t bytes, uintmax_t bound,
               const std::filesystem::path& but);

// Stands in the names of unfinished files.
inline constexpr std::string_view unfinished = ".partial-";

}  // namespace refract
