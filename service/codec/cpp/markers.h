// A JPEG's markers, checked before stb reads the file: stb trusts more than a server may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/cpp/codec.h"

namespace codec {

// stb reads so many bytes ahead of what it uses.
constexpr std::size_t read_ahead = 4;

// What is left of a JPEG that may be decoded.
struct checked_jpeg {
  // The same picture with all that a decoder needs and nothing else. `read_ahead` zeros follow the
  // data of each scan: with all data there, stb does not get to the marker behind them.
  std::vector<std::uint8_t> bytes;
  // Where in `bytes` the data of each scan begins and ends.
  struct scan {
    std::size_t begin, end;
  };
  std::vector<scan> scans;
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
