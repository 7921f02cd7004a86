// JPEG to PNG, in memory, with stb_image and stb_image_write.
//
// Plain C++: knows nothing of Rust, threads or HTTP. Every function may be called from any number
// of threads at once; none keeps state. stb's one global setting is set before `main`.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace codec {

// Why a picture was refused: a sentence for whoever sent it.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a picture may ask for. Checked against its header, before anything of its size is allocated.
struct limits {
  std::uint64_t max_pixels = 40'000'000;
};

// Pixels, row by row from the top, without padding; 1 channel is grey, 3 are red, green and blue.
struct picture {
  struct free_pixels {
    void operator()(std::uint8_t* pixels) const noexcept { std::free(pixels); }
  };

  std::unique_ptr<std::uint8_t[], free_pixels> pixels;
  int width = 0;
  int height = 0;
  int channels = 0;
  // What the colours mean, as the JPEG says it (an ICC profile); empty when it does not.
  std::vector<std::uint8_t> icc;
};

// What packs the PNG's pixels. stb's own is there for the comparison: it is several times slower.
enum class compressor { isa_l, stb };

// Reads a baseline or progressive JPEG: grey as 1 channel, everything else as 3; turned upright as
// its Exif orientation says, and with its ICC profile where that is for such channels. All other
// metadata and any further picture in the file are left out.
//
// Throws `error`, with stb's reason where stb has one, when `jpeg` is not a JPEG, is broken or cut
// off, or is larger than `limits` allows. The answer does not depend on stb's version. Each scan
// has all its data and no more; what cannot be told is damage that leaves a scan just as long, and
// a progressive picture whose last scans are gone altogether, which is a coarser picture.
picture decode(std::span<const std::uint8_t> jpeg, const limits& limits = {});

// Writes a picture as PNG, channels as they are. Throws `error` when its pixels take a gibibyte or
// memory runs out.
std::vector<std::uint8_t> encode(const picture& picture, compressor compressor = compressor::isa_l);

// Both: what a conversion is.
std::vector<std::uint8_t> jpeg_to_png(std::span<const std::uint8_t> jpeg,
                                      const limits& limits = {});

}  // namespace codec
