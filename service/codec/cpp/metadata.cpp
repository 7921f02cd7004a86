#include "codec/cpp/metadata.h"

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace codec {
namespace {

using bytes = std::span<const std::uint8_t>;

bool begins_with(bytes some, std::string_view text) noexcept {
  return some.size() >= text.size() && std::memcmp(some.data(), text.data(), text.size()) == 0;
}

}  // namespace

int exif_orientation(bytes app1) noexcept {
  constexpr std::string_view name("Exif\0\0", 6);
  if (!begins_with(app1, name)) return 0;
  const bytes tiff = app1.subspan(name.size());
  const bool little = begins_with(tiff, "II");
  if (!little && !begins_with(tiff, "MM")) return 0;

  // A number of `size` bytes; 0 behind the end.
  const auto number = [&](std::size_t at, std::size_t size) {
    std::size_t value = 0;
    if (at > tiff.size() || size > tiff.size() - at) return value;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | tiff[at + (little ? size - 1 - i : i)];
    }
    return value;
  };
  // A directory is a count and as many entries of 12 bytes: tag, type, count, value.
  const std::size_t directory = number(4, 4);
  for (std::size_t i = 0; i < number(directory, 2); ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (number(entry, 2) != 0x0112) continue;
    const std::size_t value = number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
  }
  return 0;
}

void turn(picture& picture, int orientation) {
  if (orientation == 1) return;
  const bool swaps_sides = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::size_t width = picture.width, height = picture.height, size = picture.channels;

  struct picture turned;
  turned.pixels.reset(static_cast<std::uint8_t*>(std::malloc(width * height * size)));
  if (!turned.pixels) throw error("there is not enough memory to turn the picture");
  turned.width = swaps_sides ? picture.height : picture.width;
  turned.height = swaps_sides ? picture.width : picture.height;
  turned.channels = picture.channels;
  turned.icc = std::move(picture.icc);

  std::uint8_t* to = turned.pixels.get();
  for (std::size_t row = 0; row < static_cast<std::size_t>(turned.height); ++row) {
    for (std::size_t column = 0; column < static_cast<std::size_t>(turned.width); ++column) {
      const std::size_t x = swaps_sides ? row : column, y = swaps_sides ? column : row;
      const std::size_t from =
          (from_below ? height - 1 - y : y) * width + (from_right ? width - 1 - x : x);
      std::memcpy(to, picture.pixels.get() + from * size, size);
      to += size;
    }
  }
  picture = std::move(turned);
}

void icc_profile::add(bytes app2) {
  constexpr std::string_view name("ICC_PROFILE\0", 12);
  if (!begins_with(app2, name) || app2.size() < name.size() + 2) return;
  // The number of the piece, from 1, and how many there are.
  const int number = app2[name.size()], pieces = app2[name.size() + 1];
  ++added_;
  in_order_ = in_order_ && number == added_ && (added_ == 1 || pieces == pieces_);
  pieces_ = pieces;
  if (in_order_) bytes_.insert(bytes_.end(), app2.begin() + name.size() + 2, app2.end());
}

std::vector<std::uint8_t> icc_profile::whole(int channels) const {
  // Bytes 16 to 19 of a profile name its colours.
  const bool fits = bytes_.size() >= 128 &&
                    begins_with(bytes(bytes_).subspan(16), channels == 1 ? "GRAY" : "RGB ");
  if (!fits || !in_order_ || added_ != pieces_) return {};
  return bytes_;
}

}  // namespace codec
