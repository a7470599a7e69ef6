// What else a word may mean that was given for a command.
#pragma once

#include <string>
#include <vector>

namespace refract {

// "The nearest is 'train'; `refract --help` shows all.", or, where the name of a method, data set, metric or figure is
// nearer, the command that takes it: "'srbvae' is a method: `refract train srbvae ...`." Where none is near, how to see
// all commands.
std::string nearest_of_all(const std::string& word, const std::vector<std::string>& commands);

}  // namespace refract
