// Files that are either whole or not there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace refract {

// Writes beside `path`, flushes to the disk, then renames: a reader, or a kill at any moment, sees the old file or the
// new one, never a part. Throws Error (what was being written, the system's reason); the old file is then untouched and
// no temporary file is left.
void write_file(const std::filesystem::path& path, std::string_view bytes);

// The whole file. Throws BadInput where it is missing or unreadable.
std::string read_file(const std::filesystem::path& path);

// Hexadecimal SHA-256 of the bytes, and CRC-32 (zlib's polynomial) continued from `crc`.
std::string sha256(std::string_view bytes);
uint32_t crc32(std::string_view bytes, uint32_t crc = 0);

}  // namespace refract
