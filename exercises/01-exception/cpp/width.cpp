#include "exercise-01-exception/cpp/width.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace {

constexpr std::array<std::uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

std::uint32_t read_width(rust::Slice<const std::uint8_t> png) {
  if (png.size() < signature.size() ||
      !std::equal(signature.begin(), signature.end(), png.begin())) {
    throw std::runtime_error("this is not a PNG");
  }
  if (png.size() < 24) throw std::runtime_error("this PNG is cut off");
  std::uint32_t width = 0;
  for (std::size_t index = 16; index < 20; ++index) width = width << 8 | png[index];
  return width;
}

}  // namespace

// > zero
// | std::uint32_t width(rust::Slice<const std::uint8_t> png) {
// |   try {
// |     return read_width(png);
// |   } catch (const std::exception&) {
// |     return 0;
// |   }
// | }
// > given
// | std::uint32_t width(rust::Slice<const std::uint8_t> png) { return read_width(png); }
// > solution
std::uint32_t width(rust::Slice<const std::uint8_t> png) { return read_width(png); }
// > end
