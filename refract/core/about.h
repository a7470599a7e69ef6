// Messages of an inner operation, passed on by an outer one that knows which file it was about.
#pragma once

#include <filesystem>
#include <string>

namespace refract {

// The message as it is where it names the file, else with one sentence more that does. What was being done is said
// once: put before the message, the outer operation's "Reading a: " would stand before the inner one's.
std::string about(const std::filesystem::path& file, const std::string& message);

}  // namespace refract
