// A folder that is found again where somebody moves it while it is in use.
#pragma once

#include <filesystem>
#include <memory>

namespace refract {

// Copies hold the same folder.
class HeldFolder {
 public:
  // Where `path` cannot be opened, path() is `path` for ever.
  explicit HeldFolder(std::filesystem::path path);

  // As it was given, or where the folder is now if it, or one above it, was renamed since. Throws Error where it was
  // deleted, or moved to another disk, which deletes it here.
  [[nodiscard]] std::filesystem::path path() const;

 private:
  [[nodiscard]] std::filesystem::path place() const;  // absolute; "" where the system does not tell

  std::filesystem::path given_, first_place_;
  std::shared_ptr<const int> descriptor_;  // closed with the last copy; null where nothing is held
};

}  // namespace refract
