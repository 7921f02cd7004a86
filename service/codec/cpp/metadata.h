// What a JPEG tells of its picture beside the pixels: which way is up, and what its colours mean.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/cpp/codec.h"

namespace codec {

// The orientation that an APP1 segment gives, 1 to 8; 0 when it gives none (Exif 2.3, tag 0x0112).
int exif_orientation(std::span<const std::uint8_t> app1) noexcept;

// Turns and mirrors a picture whose orientation is given, so that it is upright. Throws `error`
// when memory runs out.
void turn(picture& picture, int orientation);

// A colour profile, which a JPEG has in pieces, in APP2 segments (ICC.1, B.4).
class icc_profile {
 public:
  // Takes a segment, of whatever kind it is.
  void add(std::span<const std::uint8_t> app2);

  // The profile, if it is all there and for a picture of so many channels; else nothing. That of a
  // picture for printing is for four, and the pixels that we give out are not those any more.
  std::vector<std::uint8_t> whole(int channels) const;

 private:
  std::vector<std::uint8_t> bytes_;
  int added_ = 0;
  int pieces_ = 0;
  bool in_order_ = true;
};

}  // namespace codec
