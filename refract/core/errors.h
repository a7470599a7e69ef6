// The exceptions that the library throws. Each message is a sentence for a person: operation, expected, found, what to
// do.
#pragma once

#include <stdexcept>

namespace refract {

// The surroundings failed: a full disk, an unwritable folder, a killed helper. The program ends with status 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the caller gave cannot be used: a missing folder, a corrupt file, an unknown option, a diverged loss. Status 2.
class BadInput : public Error {
 public:
  using Error::Error;
};

}  // namespace refract
