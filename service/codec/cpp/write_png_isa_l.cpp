// The PNG writer with ISA-L behind stb's hooks for another zlib and another checksum.

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "codec/cpp/write_png.h"

namespace {

// The fastest level that looks at what it packs: on filtered photographs the slower ones gain less
// than a hundredth.
constexpr int level = 1;

// What ISA-L works in. `large` is as fast as any here.
constexpr std::size_t work_size = ISAL_DEF_LVL1_LARGE;

// As stb asks of its hook: a zlib stream in memory from `malloc`, which stb frees; null when there
// is not enough. The last parameter is stb's own level, which means nothing to ISA-L.
unsigned char* compress(unsigned char* data, int size, int* out_size, int /*quality*/) noexcept {
  // Pixels that cannot be packed are stored, in blocks of at most 64 KiB less one byte with 5 bytes
  // before each (RFC 1951, 3.2.4). Twice that is room for however ISA-L cuts its blocks.
  const std::size_t bound = size + (size / 65535 + 1) * std::size_t{10} + 1024;
  const std::unique_ptr<std::uint8_t[]> work(new (std::nothrow) std::uint8_t[work_size]);
  auto* out = static_cast<unsigned char*>(std::malloc(bound));
  if (!work || !out) {
    std::free(out);
    return nullptr;
  }

  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_ZLIB;
  stream.level = level;
  stream.level_buf = work.get();
  stream.level_buf_size = work_size;
  stream.next_in = data;
  stream.avail_in = size;
  stream.next_out = out;
  stream.avail_out = bound;
  stream.end_of_stream = 1;
  if (isal_deflate(&stream) != COMP_OK || stream.internal_state.state != ZSTATE_END) {
    std::free(out);
    return nullptr;
  }
  *out_size = static_cast<int>(stream.total_out);
  return out;
}

std::uint32_t checksum(const unsigned char* data, int size) noexcept {
  return crc32_gzip_refl(0, data, size);
}

}  // namespace

#define STBIW_ZLIB_COMPRESS compress
#define STBIW_CRC32 checksum
#define WRITE_PNG write_png_with_isa_l
#include "write_png.inc"

namespace {

// Each row as its difference from the one above, PNG's filter 2. By itself stb tries all five
// filters on each row, which takes as long as packing and saves nothing on photographs. Its switch
// is a variable, which in this file is nobody else's.
[[maybe_unused]] const int filter_up = stbi_write_force_png_filter = 2;

}  // namespace
