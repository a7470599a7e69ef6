#include "refract/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "refract/core/errors.h"

namespace refract {
namespace {

[[noreturn]] void refuse_long_name(const std::filesystem::path& path) {
  throw BadInput(fmt::format("Writing {}: the name is too long for this disk. Choose a shorter one.", path.string()));
}

// Owns a file that is being written; removes it unless it was renamed into place.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& target)
      : target_(target), path_(target.string() + fmt::format(".{}.partial", ::getpid())) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail();
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) fail();
      if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  void publish() {
    if (::fsync(descriptor_) != 0) fail();
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0 || ::rename(path_.c_str(), target_.c_str()) != 0) fail();
    path_.clear();
  }

 private:
  [[noreturn]] void fail() const {
    if (errno == ENAMETOOLONG) refuse_long_name(target_);
    throw Error(
        fmt::format("Writing {}: {}. The former file is unchanged. Free some space there, or make the folder writable.",
                    target_.string(), std::strerror(errno)));
  }

  std::filesystem::path target_;
  std::string path_;
  int descriptor_ = -1;
};

[[noreturn]] void refuse_size(const std::filesystem::path& path, size_t most) {
  throw BadInput(
      fmt::format("Reading {}: expected at most {} bytes, found more. Is it the right file?", path.string(), most));
}

// 0 where the system does not tell, as of a pipe.
size_t bytes_on_disk(const std::filesystem::path& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::is_regular_file(path, error) ? std::filesystem::file_size(path, error) : 0;
  return error ? 0 : size;
}

std::string read_stream(std::istream& stream, const std::filesystem::path& path, size_t most) {
  constexpr size_t piece = size_t{1} << 16;
  const size_t expected = bytes_on_disk(path);
  if (expected > most) refuse_size(path, most);
  std::string bytes;
  bytes.reserve(expected + piece);
  while (stream) {
    const size_t before = bytes.size();
    bytes.resize(before + piece);
    stream.read(bytes.data() + before, piece);
    bytes.resize(before + static_cast<size_t>(stream.gcount()));
    if (bytes.size() > most) refuse_size(path, most);
  }
  if (stream.bad()) throw Error(fmt::format("Reading {}: {}.", path.string(), std::strerror(errno)));
  return bytes;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  Temporary file(path);
  file.write(bytes);
  file.publish();
}

std::filesystem::path without_slash(const std::filesystem::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

NewFolder::NewFolder(const std::filesystem::path& target)
    : target_(without_slash(target)), path_(target_.string() + fmt::format(".{}.partial", ::getpid())) {
  std::error_code error;
  if (target_.has_parent_path()) std::filesystem::create_directories(target_.parent_path(), error);
  if (!error) std::filesystem::create_directory(path_, error);
  if (error) fail(error);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

void NewFolder::publish() {
  std::error_code error;
  std::filesystem::rename(path_, target_, error);
  if (error) fail(error);
  path_.clear();
}

void NewFolder::fail(const std::error_code& error) const {
  if (error == std::errc::filename_too_long) refuse_long_name(target_);
  throw Error(fmt::format("Creating the folder {}: {}. Make its parent folder writable, or choose another path.",
                          target_.string(), error.message()));
}

std::string read_file(const std::filesystem::path& path, size_t most) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw BadInput(fmt::format("Reading {}: expected a file, found a folder.", path.string()));
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw BadInput(fmt::format("Reading {}: {}.", path.string(),
                               errno == ENOENT ? "there is no such file" : std::strerror(errno)));
  return read_stream(stream, path, most);
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw Error("Computing a SHA-256 sum: OpenSSL refused.");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest.at(i));
  return hex;
}

uint32_t crc32(std::string_view bytes, uint32_t crc) {
  return static_cast<uint32_t>(::crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace refract
