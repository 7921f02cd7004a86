// stb_image_write's PNG writer, compiled once for each compressor: stb fixes its compressor with a
// macro. Both return false when memory runs out.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/cpp/codec.h"

namespace codec {

bool write_png_with_isa_l(const picture& picture, std::vector<std::uint8_t>& png);
bool write_png_with_stb(const picture& picture, std::vector<std::uint8_t>& png);

}  // namespace codec
