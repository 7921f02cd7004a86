// Work that is noted. Some of it stands between a step and the codec: the linker has every call of
// `codec::jpeg_to_png` come here.
#include <cstdint>
#include <span>
#include <vector>

#include "codec/cpp/codec.h"
#include "recordings/cpp/pool.h"
#include "recordings/src/work.rs.h"

using bytes = std::span<const std::uint8_t>;

// Named as the linker's `--wrap` wants it; build.rs has the name too.
#define JPEG_TO_PNG "_ZN5codec11jpeg_to_pngESt4spanIKhLm18446744073709551615EERKNS_6limitsE"

std::vector<std::uint8_t> real(bytes jpeg, const codec::limits& limits) asm("__real_" JPEG_TO_PNG);
std::vector<std::uint8_t> noted(bytes jpeg, const codec::limits& limits) asm("__wrap_" JPEG_TO_PNG);

std::vector<std::uint8_t> noted(bytes jpeg, const codec::limits& limits) {
  recordings::work_begins();
  auto png = real(jpeg, limits);
  recordings::work_ends();
  return png;
}

namespace recordings {

std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }

std::int64_t work(std::int64_t number) {
  work_begins();
  work_ends();
  return number;
}

}  // namespace recordings
