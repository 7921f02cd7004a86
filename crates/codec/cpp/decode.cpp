// JPEG to pixels: stb_image, behind the checks that it leaves to its caller.

#include <climits>
#include <cstdlib>
#include <cstring>
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
namespace {

// From four channels to three, in place: each pixel is copied with its alpha, which the next one
// then overwrites.
void drop_alpha(picture& picture) {
  std::uint8_t* const bytes = picture.pixels.get();
  const auto pixels = static_cast<std::size_t>(picture.width) * picture.height;
  for (std::size_t i = 0; i < pixels; ++i) std::memmove(bytes + 3 * i, bytes + 4 * i, 4);
}

}  // namespace

picture decode(std::span<const std::uint8_t> jpeg, const limits& limits) {
  if (jpeg.size() > INT_MAX) throw error("the file is larger than 2 GiB");
  check_markers(jpeg, limits);

  picture picture;
  const auto size = static_cast<int>(jpeg.size());
  stbi_info_from_memory(jpeg.data(), size, &picture.width, &picture.height, &picture.channels);
  // stb uses SIMD to make four channels, and not to make three: to drop the fourth afterwards takes
  // a third less time.
  const bool colour = picture.channels == 3;
  picture.pixels.reset(stbi_load_from_memory(jpeg.data(), size, &picture.width, &picture.height,
                                             &picture.channels, colour ? 4 : 1));
  if (!picture.pixels) {
    const char* reason = stbi_failure_reason();
    throw error(std::string("the JPEG cannot be read: ") + (reason ? reason : "unknown reason"));
  }
  if (colour) drop_alpha(picture);
  return picture;
}

}  // namespace codec
