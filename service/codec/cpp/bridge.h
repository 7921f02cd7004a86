// What the codec's own tests and benchmark call from Rust; the steps have bridges of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "rust/cxx.h"

namespace codec {

using Bytes = std::vector<std::uint8_t>;

std::unique_ptr<picture> rust_decode(rust::Slice<const std::uint8_t> jpeg,
                                     std::uint64_t max_pixels);
std::unique_ptr<Bytes> rust_encode(const picture& picture, bool stb_compressor);
std::unique_ptr<Bytes> rust_jpeg_to_png(rust::Slice<const std::uint8_t> jpeg,
                                        std::uint64_t max_pixels);
std::unique_ptr<picture> rust_picture(rust::Slice<const std::uint8_t> pixels, std::uint32_t width,
                                      std::uint32_t height, std::uint32_t channels);
rust::Slice<const std::uint8_t> rust_pixels(const picture& picture);
std::uint32_t rust_width(const picture& picture);
std::uint32_t rust_height(const picture& picture);
std::uint32_t rust_channels(const picture& picture);

inline std::int64_t rust_live() noexcept { return live::count(); }

}  // namespace codec
