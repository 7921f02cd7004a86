// JPEG to pixels: stb_image, behind the checks that it leaves to its caller.
//
// Calls what is inside of stb, as its `stbi_load_from_memory` does: only its decoder's state tells
// whether a scan had all its data.

#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "codec/cpp/codec.h"
#include "codec/cpp/markers.h"
#include "codec/cpp/metadata.h"

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
  checked_jpeg checked = check_markers(jpeg, limits);

  stbi__context context;
  stbi__start_mem(&context, checked.bytes.data(), static_cast<int>(checked.bytes.size()));
  const auto decoder = std::make_unique<stbi__jpeg>();
  decoder->s = &context;
  stbi__setup_jpeg(decoder.get());
  stbi__g_failure_reason = nullptr;

  picture picture;
  int file_channels = 0;
  // stb uses SIMD to make four channels, and not to make three: to drop the fourth afterwards takes
  // a third less time.
  picture.pixels.reset(load_jpeg_image(decoder.get(), &picture.width, &picture.height,
                                       &file_channels, checked.channels == 3 ? 4 : 1));
  // It may have given up and called that a success, or gone on with zeros where data was missing.
  if (!picture.pixels || stbi__g_failure_reason) {
    throw error(std::string("the JPEG cannot be read: ") +
                (stbi__g_failure_reason ? stbi__g_failure_reason : "unknown reason"));
  }
  if (decoder->nomore) throw error("the picture is cut off: its last scan is too short");
  picture.channels = checked.channels;
  if (picture.channels == 3) drop_alpha(picture);
  picture.icc = std::move(checked.icc);
  turn(picture, checked.orientation);
  return picture;
}

}  // namespace codec
