#include "repeats.h"

#include <cstddef>

namespace repeats {

std::string longest(std::string_view text) {
  if (text.empty()) throw refused{"the text is empty"};
  if (text.size() > 65536) throw refused{"the text is longer than 64 KiB"};
  if (text.find('\0') != text.npos) throw refused{"the text has a byte that is zero"};
  std::string_view found;
  for (std::size_t first = 0; first < text.size(); ++first) {
    for (std::size_t second = first + 1; second < text.size(); ++second) {
      std::size_t length = 0;
      while (second + length < text.size() && text[first + length] == text[second + length]) {
        ++length;
      }
      if (length > found.size()) found = text.substr(first, length);
    }
  }
  return std::string(found);
}

}  // namespace repeats
