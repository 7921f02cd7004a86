// A JPEG's markers, checked before stb reads the file: stb trusts more than a server may.
#pragma once

#include <cstdint>
#include <span>

#include "codec/cpp/codec.h"

namespace codec {

// Throws `error` for a picture that is larger than `limits` allows, that is not all there, or that
// stb would mistake. Allocates nothing of the picture's size.
void check_markers(std::span<const std::uint8_t> jpeg, const limits& limits);

}  // namespace codec
