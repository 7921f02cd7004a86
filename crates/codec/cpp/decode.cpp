// JPEG to pixels: stb_image, behind checks that it leaves to its caller.

#include <climits>
#include <string>

#include "codec/cpp/codec.h"

#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

namespace codec {
namespace {

// Scans in a real progressive JPEG: about ten. Each is a pass over the whole picture that may cost
// its sender a few bytes, so a small file with thousands of them would keep a thread busy for
// hours.
constexpr int max_scans = 100;

constexpr std::uint8_t rst0 = 0xD0, soi = 0xD8, eoi = 0xD9, sos = 0xDA, tem = 0x01;

// Walks the markers to the end of the image. stb fills what is missing with grey and calls that
// success, so a picture that was cut off has to be found here.
void check_markers(std::span<const std::uint8_t> jpeg) {
  int scans = 0;
  // Inside a scan everything up to the next real marker is data, FF 00 being an escaped FF; so one
  // search serves both for the next segment and for the end of a scan.
  for (std::size_t at = 0; at + 1 < jpeg.size();) {
    if (jpeg[at] != 0xFF || jpeg[at + 1] == 0xFF) {
      ++at;
      continue;
    }
    const std::uint8_t marker = jpeg[at + 1];
    at += 2;
    if (marker == eoi) return;
    if (marker == 0x00 || marker == tem || (marker >= rst0 && marker <= soi)) continue;
    if (marker == sos && ++scans > max_scans) throw error("too many scans for a picture");
    if (at + 1 >= jpeg.size()) break;
    at += static_cast<std::size_t>(jpeg[at] << 8 | jpeg[at + 1]);
  }
  throw error("the picture is cut off: its end-of-image marker is missing");
}

[[noreturn]] void throw_stb_reason() {
  const char* reason = stbi_failure_reason();
  throw error(std::string("not a JPEG that can be read: ") + (reason ? reason : "unknown reason"));
}

}  // namespace

picture decode(std::span<const std::uint8_t> jpeg, const limits& limits) {
  if (jpeg.size() > INT_MAX) throw error("the file is larger than 2 GiB");
  const int size = static_cast<int>(jpeg.size());

  picture picture;
  if (!stbi_info_from_memory(jpeg.data(), size, &picture.width, &picture.height,
                             &picture.channels)) {
    throw_stb_reason();
  }
  const auto pixels = static_cast<std::uint64_t>(picture.width) * picture.height;
  if (pixels > limits.max_pixels) {
    throw error("the picture has " + std::to_string(pixels) + " pixels, more than the limit of " +
                std::to_string(limits.max_pixels));
  }
  check_markers(jpeg);

  int channels_in_file = 0;
  picture.pixels.reset(stbi_load_from_memory(jpeg.data(), size, &picture.width, &picture.height,
                                             &channels_in_file, picture.channels));
  if (!picture.pixels) throw_stb_reason();
  return picture;
}

}  // namespace codec
