// Finds repeats in a text. Blocks while it computes: the time grows with the square of the
// length, and with its cube where a text repeats much.
#pragma once

#include <string>
#include <string_view>

namespace repeats {

// Why a text is refused.
struct refused {
  const char* why;
};

// The longest piece that occurs in the text twice, the first of several; empty when nothing does.
// Throws `refused`.
std::string longest(std::string_view text);

}  // namespace repeats
