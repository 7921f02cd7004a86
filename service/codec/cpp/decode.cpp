// JPEG to pixels: stb_image, behind the checks that it leaves to its caller.
//
// Calls what is inside of stb, as its `stbi_load_from_memory` does: only there can one see how much
// of a scan's data was used. stb itself calls it a success when it was too little or too much.

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "codec/cpp/codec.h"
#include "codec/cpp/markers.h"
#include "codec/cpp/metadata.h"

#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

namespace codec {
namespace {

// Sees where stb has done with each scan. That is where it asks first whether the file is at its
// end, before it looks for the next marker.
class scan_watch {
 public:
  scan_watch(checked_jpeg& jpeg) : jpeg_(jpeg) {
    stbi__start_mem(&context_, jpeg.bytes.data(), static_cast<int>(jpeg.bytes.size()));
    // Asked although there is nothing to read: all is in memory.
    context_.io.eof = [](void* self) { return static_cast<scan_watch*>(self)->at_end(); };
    context_.io.read = [](void*, char*, int) { return 0; };
    context_.io.skip = [](void*, int) {};
    context_.io_user_data = this;
    decoder_.s = &context_;
    stbi__setup_jpeg(&decoder_);
  }

  stbi__jpeg& decoder() noexcept { return decoder_; }

  // Throws when data of a scan is missing or left over. `decoded` says whether stb calls it a
  // success.
  void check(bool decoded) const {
    if (damaged_) throw error("the picture is damaged: data of a scan is left over");
    if (short_ || (decoded && scans_ != jpeg_.scans.size())) {
      throw error("the picture is cut off: a scan has too little data");
    }
  }

 private:
  int at_end() noexcept {
    const std::ptrdiff_t read = context_.img_buffer - jpeg_.bytes.data();
    const auto is_in = [&](const checked_jpeg::scan& scan) {
      return read > static_cast<std::ptrdiff_t>(scan.begin) &&
             read <= static_cast<std::ptrdiff_t>(scan.end + read_ahead);
    };
    const auto scan = std::ranges::find_if(jpeg_.scans, is_in);
    const std::size_t number = scan - jpeg_.scans.begin();
    // It asks again for each byte on the way to the marker.
    if (scan != jpeg_.scans.end() && number >= scans_) {
      // In bits: what was read and not used, and then whole bytes. The last byte may be filled up.
      const std::ptrdiff_t end = scan->end;
      const std::ptrdiff_t unused = decoder_.code_bits + 8 * (end - read);
      short_ = short_ || unused < 0 || number > scans_;
      // Some cameras send zeros at the end.
      damaged_ = damaged_ || std::any_of(jpeg_.bytes.begin() + end - (short_ ? 0 : unused / 8),
                                         jpeg_.bytes.begin() + end, [](auto byte) { return byte; });
      scans_ = number + 1;
    }
    return context_.img_buffer >= context_.img_buffer_end;
  }

  checked_jpeg& jpeg_;
  stbi__context context_;
  stbi__jpeg decoder_{};
  std::size_t scans_ = 0;  // that were seen
  bool short_ = false;
  bool damaged_ = false;
};

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

  // 20 KiB, too much for the stack of a small thread.
  const auto watch = std::make_unique<scan_watch>(checked);
  stbi__g_failure_reason = nullptr;

  picture picture;
  int file_channels = 0;
  // stb uses SIMD to make four channels, and not to make three: to drop the fourth afterwards takes
  // a third less time.
  picture.pixels.reset(load_jpeg_image(&watch->decoder(), &picture.width, &picture.height,
                                       &file_channels, checked.channels == 3 ? 4 : 1));
  watch->check(picture.pixels != nullptr);
  if (!picture.pixels) {
    const char* reason = stbi__g_failure_reason;
    throw error(std::string("the JPEG cannot be read: ") + (reason ? reason : "unknown reason"));
  }
  picture.channels = checked.channels;
  if (picture.channels == 3) drop_alpha(picture);
  picture.icc = std::move(checked.icc);
  turn(picture, checked.orientation);
  return picture;
}

}  // namespace codec
