#include "step-01-blocking/cpp/convert.h"

#include "codec/cpp/codec.h"

std::unique_ptr<std::vector<std::uint8_t>> convert(rust::Slice<const std::uint8_t> jpeg,
                                                   std::uint64_t max_pixels) {
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}
