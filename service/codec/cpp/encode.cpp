// Pixels to PNG, and the whole conversion.

#include <climits>

#include "codec/cpp/codec.h"
#include "codec/cpp/write_png.h"

namespace codec {

std::vector<std::uint8_t> encode(const picture& picture, compressor compressor) {
  // stb computes sizes as int: one filter byte and the pixels, for each row. Half, because its own
  // compressor doubles its buffer, and noise may grow when it is packed.
  const auto row = static_cast<std::uint64_t>(picture.width) * picture.channels + 1;
  if (row * picture.height > INT_MAX / 2) throw error("the picture is too large for a PNG");

  std::vector<std::uint8_t> png;
  const bool written = compressor == compressor::stb ? write_png_with_stb(picture, png)
                                                     : write_png_with_isa_l(picture, png);
  if (!written) throw error("there is not enough memory to write the PNG");
  return png;
}

std::vector<std::uint8_t> jpeg_to_png(std::span<const std::uint8_t> jpeg, const limits& limits) {
  return encode(decode(jpeg, limits));
}

}  // namespace codec
