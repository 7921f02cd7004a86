// The PNG writer with libdeflate behind stb's hooks for another zlib and another checksum.

#include <libdeflate.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "codec/cpp/write_png.h"

namespace {

// The fastest level: on photographs it packs nearly as small as the slow ones, and smaller than
// stb.
constexpr int level = 1;

struct free_compressor {
  void operator()(libdeflate_compressor* it) const noexcept { libdeflate_free_compressor(it); }
};

// As stb asks of its hook: a zlib stream in memory from `malloc`, which stb frees; null when there
// is not enough. The last parameter is stb's own level, which means nothing to libdeflate.
unsigned char* compress(unsigned char* data, int size, int* out_size, int /*quality*/) noexcept {
  const std::unique_ptr<libdeflate_compressor, free_compressor> compressor(
      libdeflate_alloc_compressor(level));
  if (!compressor) return nullptr;
  const std::size_t bound = libdeflate_zlib_compress_bound(compressor.get(), size);
  auto* out = static_cast<unsigned char*>(std::malloc(bound));
  if (!out) return nullptr;
  *out_size = static_cast<int>(libdeflate_zlib_compress(compressor.get(), data, size, out, bound));
  return out;
}

std::uint32_t checksum(const unsigned char* data, int size) noexcept {
  return libdeflate_crc32(0, data, size);
}

}  // namespace

#define STBIW_ZLIB_COMPRESS compress
#define STBIW_CRC32 checksum
#define WRITE_PNG write_png_with_libdeflate
#include "write_png.inc"
