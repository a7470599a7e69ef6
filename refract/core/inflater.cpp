#include "refract/core/inflater.h"

#include <algorithm>
#include <array>

namespace refract {

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

Inflater::Inflater(std::string_view packed) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib does not write to it
  stream_.avail_in = static_cast<uInt>(packed.size());
  constexpr int kGzip = 16;
  ok_ = inflateInit2(&stream_, kGzip + MAX_WBITS) == Z_OK;
}

template <class Use>
void Inflater::take(uint64_t size, Use use) {
  std::array<char, 1 << 16> piece{};
  while (ok_ && !ended_ && size > 0) {
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(std::min<uint64_t>(size, piece.size()));
    const uInt wanted = stream_.avail_out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    const uInt got = wanted - stream_.avail_out;
    use(std::string_view(piece.data(), got));
    size -= got;
    if (status == Z_STREAM_END)
      next_member();
    else
      ok_ = status == Z_OK && (got > 0 || stream_.avail_in > 0);
  }
}

void Inflater::read(std::string& bytes, uint64_t size) {
  take(size, [&](std::string_view piece) { bytes.append(piece); });
}

uint64_t Inflater::pass_over(uint64_t size) {
  uint64_t passed = 0;
  take(size, [&](std::string_view piece) { passed += piece.size(); });
  return passed;
}

void Inflater::next_member() {
  while (stream_.avail_in > 0 && *stream_.next_in == 0) {
    ++stream_.next_in;
    --stream_.avail_in;
  }
  ended_ = stream_.avail_in == 0;
  ok_ = ended_ || inflateReset(&stream_) == Z_OK;
}

}  // namespace refract
