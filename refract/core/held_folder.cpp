#include "refract/core/held_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refract/core/errors.h"

namespace refract {
namespace {

std::shared_ptr<const int> opened(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  return {new int(descriptor), [](const int* held) {
            ::close(*held);
            delete held;
          }};
}

bool is_deleted(int descriptor) {
  struct stat about {};
  return ::fstat(descriptor, &about) == 0 && about.st_nlink == 0;
}

}  // namespace

HeldFolder::HeldFolder(std::filesystem::path path) : given_(std::move(path)), descriptor_(opened(given_)) {
  first_place_ = place();
}

std::filesystem::path HeldFolder::path() const {
  if (descriptor_ == nullptr) return given_;
  if (is_deleted(*descriptor_))
    throw Error(
        fmt::format("Using the folder {}: it was deleted during the work, so nothing more can be written there. If it "
                    "was moved to another disk, continue there; otherwise start again.",
                    given_.string()));
  const std::filesystem::path now = place();
  return now == first_place_ ? given_ : now;
}

std::filesystem::path HeldFolder::place() const {
  std::error_code unknown;
  if (descriptor_ == nullptr) return {};
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", *descriptor_), unknown);
}

}  // namespace refract
