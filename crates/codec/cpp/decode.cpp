// JPEG to pixels: stb_image, behind the checks that it leaves to its caller.

#include <climits>
#include <cstdlib>
#include <string>

#include "codec/cpp/codec.h"
#include "codec/cpp/markers.h"

// Zeroed, because stb does not write every pixel of a broken picture and gives out what the memory
// held: somebody else's picture.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(old, size) std::realloc(old, size)
#define STBI_FREE(old) std::free(old)
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

namespace codec {

picture decode(std::span<const std::uint8_t> jpeg, const limits& limits) {
  if (jpeg.size() > INT_MAX) throw error("the file is larger than 2 GiB");
  check_markers(jpeg, limits);

  picture picture;
  // Zero asks for the channels that there are: 1 or 3.
  picture.pixels.reset(stbi_load_from_memory(jpeg.data(), static_cast<int>(jpeg.size()),
                                             &picture.width, &picture.height, &picture.channels,
                                             0));
  if (!picture.pixels) {
    const char* reason = stbi_failure_reason();
    throw error(std::string("the JPEG cannot be read: ") + (reason ? reason : "unknown reason"));
  }
  return picture;
}

}  // namespace codec
