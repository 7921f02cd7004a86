// What does not depend on whose threads they are.
#include "step-03-coroutines/cpp/converter.h"

#include "codec/cpp/codec.h"

Png to_png(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels) {
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}

std::shared_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_shared<Converter>(threads, max_pixels);
}
