// The small parts of an HTML page.
#pragma once

#include <string>
#include <string_view>

namespace refract {

// Text as it stands in HTML, between tags and within quoted attributes: & < > " ' become entities.
std::string escape(std::string_view text);

// "data:TYPE;base64,..." for the bytes of a file.
std::string data_url(std::string_view type, std::string_view bytes);

}  // namespace refract
