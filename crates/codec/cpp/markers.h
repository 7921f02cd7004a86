// A JPEG's markers, checked before stb reads the file: stb trusts more than a server may.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/cpp/codec.h"

namespace codec {

// What is left of a JPEG that may be decoded.
struct checked_jpeg {
  // The same picture with all that a decoder needs and nothing else. The data of
  // each scan is followed by four bytes: when stb gets to what is behind them, data was missing.
  std::vector<std::uint8_t> bytes;
  int channels = 0;
  // As in Exif: 1 is upright. See `turn`.
  int orientation = 1;
  // The colour profile, when it is one of so many channels; else empty.
  std::vector<std::uint8_t> icc;
};

// Throws `error` for a picture that is larger than `limits` allows, that is not all there, or that
// stb would mistake. Allocates nothing of the picture's size, but the file's once more.
checked_jpeg check_markers(std::span<const std::uint8_t> jpeg, const limits& limits);

}  // namespace codec
