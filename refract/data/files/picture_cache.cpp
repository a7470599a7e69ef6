#include "refract/data/files/picture_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <opencv2/core/version.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "refract/core/files.h"
#include "refract/data/files/cache_folder.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".pictures";
constexpr std::array<char, 16> kCacheMagic = {"refract cache 1"};
constexpr uint64_t kAlignment = uint64_t{1} << 16;  // a multiple of every system's page

// The file: this, an entry with its path for each record, and from pixels_at on the pictures. All numbers are in the
// order of bytes of the machine that wrote them.
struct CacheHeader {
  std::array<char, 16> magic = kCacheMagic;
  uint64_t order = 0x0102030405060708;
  std::array<int64_t, 3> sizes{};
  uint64_t count = 0;
  uint64_t table_bytes = 0;
  uint64_t pixels_at = 0;
  std::array<char, 64> checksum{};  // SHA-256 of the header, with zeros here, and of the table
};

struct CacheEntry {
  int64_t size = 0;
  int64_t changed = 0;
  uint32_t path_bytes = 0;
  uint32_t good = 0;
  std::array<char, 64> checksum{};  // zeros for ""
};

uint64_t table_bytes(const std::vector<PictureRecord>& records) {
  uint64_t bytes = 0;
  for (const PictureRecord& record : records) bytes += sizeof(CacheEntry) + record.path.size();
  return bytes;
}

CacheHeader header_of(const std::vector<PictureRecord>& records, const Space& space) {
  CacheHeader header;
  std::copy_n(space.sizes.begin(), 3, header.sizes.begin());
  header.count = records.size();
  header.table_bytes = table_bytes(records);
  header.pixels_at = (sizeof(CacheHeader) + header.table_bytes + kAlignment - 1) / kAlignment * kAlignment;
  return header;
}

template <class Plain>
std::string_view bytes_of(const Plain& plain) {
  return {reinterpret_cast<const char*>(&plain), sizeof(Plain)};
}

std::string table_of(const std::vector<PictureRecord>& records) {
  std::string table;
  for (const PictureRecord& record : records) {
    CacheEntry entry = {.size = record.stamp.size, .changed = record.stamp.changed};
    entry.path_bytes = static_cast<uint32_t>(record.path.size());
    entry.good = record.good ? 1 : 0;
    std::copy_n(record.checksum.begin(), std::min(record.checksum.size(), entry.checksum.size()),
                entry.checksum.begin());
    table += bytes_of(entry);
    table += record.path;
  }
  return table;
}

std::array<char, 64> checksum_of(CacheHeader header, std::string_view table) {
  header.checksum = {};
  const std::string sum = sha256(std::string(bytes_of(header)) + std::string(table));
  std::array<char, 64> checksum{};
  std::copy_n(sum.begin(), checksum.size(), checksum.begin());
  return checksum;
}

// Nothing where the table is no such table.
std::vector<PictureRecord> records_in(std::string_view table, uint64_t count) {
  std::vector<PictureRecord> records;
  CacheEntry entry;
  while (table.size() >= sizeof entry) {
    std::memcpy(&entry, table.data(), sizeof entry);
    table.remove_prefix(sizeof entry);
    if (entry.path_bytes > table.size()) return {};
    const std::string_view sum(entry.checksum.data(), entry.checksum[0] == '\0' ? 0 : entry.checksum.size());
    records.push_back({std::string(table.substr(0, entry.path_bytes)),
                       {entry.size, entry.changed},
                       std::string(sum),
                       entry.good != 0});
    table.remove_prefix(entry.path_bytes);
  }
  if (records.size() != count || !table.empty()) records.clear();
  return records;
}

size_t memory_bytes() {
  return static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

FileStamp stamp_of(const fs::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  return {about.st_size, about.st_mtim.tv_sec * int64_t{1'000'000'000} + about.st_mtim.tv_nsec};
}

fs::path picture_cache_file(const fs::path& folder, const Space& space) {
  const fs::path caches = cache_folder();
  std::error_code error;
  const fs::path set = without_slash(fs::absolute(folder, error).lexically_normal());
  if (caches.empty() || error) return {};
  const std::string key = fmt::format("{} {} {} {} {}", kDecoderVersion, CV_VERSION, fmt::join(space.sizes, "x"),
                                      name_of(space.fit), set.string());
  return caches / (sha256(key).substr(0, 32) + std::string(kEnding));
}

std::shared_ptr<const KeptPictures> KeptPictures::open(const fs::path& file, const Space& space) {
  const int descriptor = file.empty() ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  auto kept = map(descriptor, space);
  if (kept) ::futimens(descriptor, nullptr);  // it was used now
  ::close(descriptor);
  return kept;
}

std::shared_ptr<const KeptPictures> KeptPictures::map(int descriptor, const Space& space) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0 || about.st_size < static_cast<off_t>(sizeof(CacheHeader))) return nullptr;
  const auto bytes = static_cast<size_t>(about.st_size);
  void* start = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return nullptr;  // NOLINT(performance-no-int-to-ptr): POSIX wrote the macro
  if (bytes > memory_bytes() / 2) ::madvise(start, bytes, MADV_RANDOM);  // what is read along would push out the rest
  const std::shared_ptr<KeptPictures> kept(new KeptPictures(start, bytes));
  return kept->read(space) ? kept : nullptr;
}

KeptPictures::~KeptPictures() {
  ::munmap(start_, bytes_);
}

bool KeptPictures::read(const Space& space) {
  CacheHeader header;
  std::memcpy(&header, start_, sizeof header);
  const CacheHeader fresh;
  if (header.magic != fresh.magic || header.order != fresh.order || header.table_bytes > bytes_ - sizeof header ||
      !std::equal(space.sizes.begin(), space.sizes.end(), header.sizes.begin(), header.sizes.end()))
    return false;
  const std::string_view table(static_cast<const char*>(start_) + sizeof header, header.table_bytes);
  if (header.checksum != checksum_of(header, table)) return false;
  records_ = records_in(table, header.count);
  pictures_ = static_cast<const uint8_t*>(start_) + header.pixels_at;
  return !records_.empty() && header.pixels_at == header_of(records_, space).pixels_at &&
         bytes_ == header.pixels_at + header.count * static_cast<uint64_t>(space.numel());
}

NewPictures::NewPictures(fs::path file, const std::vector<PictureRecord>& records, Space space)
    : file_(std::move(file)), space_(std::move(space)) {
  if (!file_.empty()) begin(records);
}

NewPictures::~NewPictures() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewPictures::begin(const std::vector<PictureRecord>& records) {
  std::error_code error;
  fs::create_directories(file_.parent_path(), error);
  if (error) return fail(error.message());
  pixels_at_ = header_of(records, space_).pixels_at;
  const uint64_t bytes = pixels_at_ + records.size() * static_cast<uint64_t>(space_.numel());
  const uintmax_t bound = cache_bound(file_.parent_path(), kEnding);
  constexpr double giga = 1 << 30;
  if (!make_room(file_.parent_path(), kEnding, bytes, bound, file_))
    return fail(fmt::format("they take {:.1f} GiB, where {:.1f} are allowed", static_cast<double>(bytes) / giga,
                            static_cast<double>(bound) / giga));
  temporary_ = file_.string() + std::string(unfinished) + "XXXXXX";
  descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) temporary_.clear();
  if (descriptor_ < 0 || ::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) return fail_as_system();
  works_ = true;
}

void NewPictures::write(int64_t record, const uint8_t* pixels) {
  const auto bytes = static_cast<uint64_t>(space_.numel());
  put(pixels, bytes, pixels_at_ + static_cast<uint64_t>(record) * bytes);
}

void NewPictures::put(const void* bytes, size_t count, uint64_t at) {
  const auto* rest = static_cast<const char*>(bytes);
  while (works_ && count > 0) {
    const ssize_t written = ::pwrite(descriptor_, rest, count, static_cast<off_t>(at));
    if (written < 0 && errno != EINTR) return fail_as_system();
    const auto done = static_cast<size_t>(std::max<ssize_t>(written, 0));
    rest += done;
    at += done;
    count -= done;
  }
}

std::shared_ptr<const KeptPictures> NewPictures::publish(const std::vector<PictureRecord>& records) {
  const std::string table = table_of(records);
  CacheHeader header = header_of(records, space_);
  header.checksum = checksum_of(header, table);
  put(table.data(), table.size(), sizeof header);
  put(&header, sizeof header, 0);
  if (works_ && (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), file_.c_str()) != 0)) fail_as_system();
  if (!works_) return nullptr;
  temporary_.clear();
  works_ = false;
  return KeptPictures::map(descriptor_, space_);
}

void NewPictures::fail_as_system() {
  fail(std::error_code(errno, std::generic_category()).message());
}

void NewPictures::fail(const std::string& why) {
  const std::lock_guard lock(mutex_);
  works_ = false;
  if (failure_.empty())
    failure_ = fmt::format(
        "The decoded pictures could not be kept in {} ({}), so the next run decodes them again. REFRACT_CACHE names "
        "another folder; empty, it keeps nothing.",
        file_.parent_path().string(), why);
}

}  // namespace refract
