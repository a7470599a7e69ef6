#include "refract/report/html.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <vector>

namespace refract {

std::string escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string data_url(std::string_view type, std::string_view bytes) {
  std::vector<unsigned char> encoded((bytes.size() + 2) / 3 * 4 + 1);
  const int size = EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  return fmt::format("data:{};base64,{}", type,
                     std::string_view(reinterpret_cast<const char*>(encoded.data()), static_cast<size_t>(size)));
}

}  // namespace refract
