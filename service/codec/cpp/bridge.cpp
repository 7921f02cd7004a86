#include "codec/cpp/bridge.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace codec {
namespace {

std::span<const std::uint8_t> as_span(rust::Slice<const std::uint8_t> bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

std::unique_ptr<picture> rust_decode(rust::Slice<const std::uint8_t> jpeg,
                                     std::uint64_t max_pixels) {
  return std::make_unique<picture>(decode(as_span(jpeg), {max_pixels}));
}

std::unique_ptr<Bytes> rust_encode(const picture& picture, bool stb_compressor) {
  return std::make_unique<Bytes>(
      encode(picture, stb_compressor ? compressor::stb : compressor::isa_l));
}

std::unique_ptr<Bytes> rust_jpeg_to_png(rust::Slice<const std::uint8_t> jpeg,
                                        std::uint64_t max_pixels) {
  return std::make_unique<Bytes>(jpeg_to_png(as_span(jpeg), {max_pixels}));
}

std::unique_ptr<picture> rust_picture(rust::Slice<const std::uint8_t> pixels, std::uint32_t width,
                                      std::uint32_t height, std::uint32_t channels) {
  auto copy = std::make_unique<picture>();
  copy->pixels.reset(static_cast<std::uint8_t*>(std::malloc(pixels.size())));
  if (!copy->pixels) throw std::bad_alloc();
  std::ranges::copy(pixels, copy->pixels.get());
  copy->width = static_cast<int>(width);
  copy->height = static_cast<int>(height);
  copy->channels = static_cast<int>(channels);
  return copy;
}

rust::Slice<const std::uint8_t> rust_pixels(const picture& picture) {
  const std::size_t row = static_cast<std::size_t>(picture.width) * picture.channels;
  return {picture.pixels.get(), row * picture.height};
}

std::uint32_t rust_width(const picture& picture) { return picture.width; }
std::uint32_t rust_height(const picture& picture) { return picture.height; }
std::uint32_t rust_channels(const picture& picture) { return picture.channels; }

}  // namespace codec
