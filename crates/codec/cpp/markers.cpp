// What stb_image leaves to its caller. Each rule here stands for a file that stb would overflow on
// (a Huffman table of more codes than it has room for), decode into chance (tables and components
// that were never sent), call a success (a picture that was cut off), or be busy with for hours.
// From 2.29 on stb also calls a success, after the frame, what it refused before: so that the
// answer does not depend on stb's version, these are refused here.

#include "codec/cpp/markers.h"

#include <algorithm>
#include <bitset>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace codec {
namespace {

// Scans in a real progressive JPEG: about ten. Each is a pass over the whole picture that may cost
// its sender a few bytes.
constexpr int max_scans = 100;

// stb has room for 256 codes and mistakes the last of them. A real table has 176 at most.
constexpr int max_codes = 255;

constexpr std::uint8_t tem = 0x01, sof0 = 0xC0, sof2 = 0xC2, dht = 0xC4, sof15 = 0xCF, rst0 = 0xD0,
                       soi = 0xD8, eoi = 0xD9, sos = 0xDA, dqt = 0xDB, dnl = 0xDC, dri = 0xDD,
                       app0 = 0xE0, app15 = 0xEF, com = 0xFE;

using bytes = std::span<const std::uint8_t>;

// What a marker segment holds, from front to back.
class segment {
 public:
  explicit segment(bytes rest) : rest_(rest) {}

  bool empty() const noexcept { return rest_.empty(); }
  int byte() { return take(1)[0]; }
  int word() {
    const int high = byte();
    return high << 8 | byte();
  }
  bytes take(std::size_t count) {
    if (count > rest_.size()) throw error("a part of the header is shorter than what it holds");
    const bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  bytes rest_;
};

class checker {
 public:
  checker(bytes jpeg, const limits& limits) : jpeg_(jpeg), limits_(limits) {}

  void walk() {
    if (jpeg_.size() < 2 || jpeg_[0] != 0xFF || jpeg_[1] != soi) {
      throw error("not a JPEG: it does not begin with the bytes FF D8");
    }
    // Inside a scan everything up to the next real marker is data, FF 00 being an escaped FF; so
    // one search serves both for the next segment and for the end of a scan.
    for (std::size_t at = 2; at + 1 < jpeg_.size();) {
      if (jpeg_[at] != 0xFF || jpeg_[at + 1] == 0xFF) {
        ++at;
        continue;
      }
      const std::uint8_t marker = jpeg_[at + 1];
      at += 2;
      if (marker == eoi) return end();
      if (marker == 0x00 || marker == tem || (marker >= rst0 && marker <= soi)) continue;

      const bytes rest = jpeg_.subspan(at);
      if (rest.size() < 2) break;
      const auto length = static_cast<std::size_t>(rest[0] << 8 | rest[1]);
      if (length < 2) throw error("a part of the header has an impossible length");
      if (length > rest.size()) break;
      check(marker, segment(rest.subspan(2, length - 2)));
      at += length;
    }
    throw error("the picture is cut off: its end-of-image marker is missing");
  }

 private:
  struct component {
    int id;
    int quantisation;
    bool sent = false;
  };
  // By number. Scans may name some that cannot be there.
  using tables = std::bitset<256>;

  void check(std::uint8_t marker, segment segment) {
    if (marker == sos) {
      scan(segment);
    } else if (marker == dqt) {
      quantisation_tables(segment);
    } else if (marker == dht) {
      huffman_tables(segment);
    } else if (marker >= sof0 && marker <= sof2) {
      progressive_ = marker == sof2;
      frame(segment);
    } else if (marker > sof2 && marker <= sof15) {
      throw error("arithmetic-coded, lossless and hierarchical JPEGs cannot be read");
    } else if (marker == dri) {
      segment.word();
      if (!segment.empty()) throw error("the restart interval (DRI) is too long");
    } else if (marker != dnl && marker != com && (marker < app0 || marker > app15)) {
      throw error("a part of the picture is of a kind that no JPEG has");
    }
  }

  // A table's size or kind, 0 or 1, in the high half, and which of four it is in the low one.
  static int table_number(segment& segment, const std::string& kind) {
    const int which = segment.byte();
    if (which >> 4 > 1 || (which & 15) > 3) throw error("a " + kind + " table has a bad number");
    return which;
  }

  void quantisation_tables(segment segment) {
    while (!segment.empty()) {
      const int which = table_number(segment, "quantisation");
      segment.take(which >> 4 ? 128 : 64);
      quantisation_.set(which & 15);
    }
  }

  void huffman_tables(segment segment) {
    while (!segment.empty()) {
      const int which = table_number(segment, "Huffman");
      const bytes lengths = segment.take(16);
      const int codes = std::accumulate(lengths.begin(), lengths.end(), 0);
      if (codes > max_codes) throw error("a Huffman table has too many codes");
      // Codes of a length that are left; each that is not used makes two of the next.
      int left = 1;
      for (const int used : lengths) {
        left = 2 * left - used;
        if (left < 0) throw error("a Huffman table has impossible code lengths");
      }
      segment.take(codes);
      (which >> 4 ? ac_ : dc_).set(which & 15);
    }
  }

  void frame(segment segment) {
    if (!components_.empty()) throw error("there is more than one picture in the file");
    const int bits = segment.byte(), height = segment.word(), width = segment.word();
    if (bits != 8) {
      throw error("the picture has " + std::to_string(bits) +
                  " bits a sample, and only 8 are read");
    }
    if (width == 0 || height == 0) throw error("the header says that the picture is empty");
    const auto pixels = static_cast<std::uint64_t>(width) * height;
    if (pixels > limits_.max_pixels) {
      throw error("the picture has " + std::to_string(pixels) + " pixels, more than the limit of " +
                  std::to_string(limits_.max_pixels));
    }
    // A block of 8 x 8 pixels is one bit at least. Without this a file of a hundred bytes would
    // take all the memory and time that the limit allows.
    if (pixels / 64 > jpeg_.size() * 8) {
      throw error("the picture is cut off: " + std::to_string(jpeg_.size()) +
                  " bytes are too few for " + std::to_string(pixels) + " pixels");
    }
    for (int left = segment.byte(); left > 0; --left) {
      const int id = segment.byte();
      segment.byte();  // the sampling factors
      components_.push_back({id, segment.byte()});
    }
  }

  void scan(segment segment) {
    if (++scans_ > max_scans) throw error("the picture has too many scans");
    const bytes choices = segment.take(std::size_t{2} * segment.byte());
    const bool from_dc = segment.byte() == 0;
    segment.byte();  // the last coefficient
    const bool refines = segment.byte() >> 4 != 0;
    const bool sends_dc = from_dc && !refines;
    const bool sends_ac = !progressive_ || !from_dc;

    for (std::size_t i = 0; i < choices.size(); i += 2) {
      const auto component = std::ranges::find(components_, choices[i], &component::id);
      if (component == components_.end()) {
        throw error("a scan is of a component that the picture does not have");
      }
      if ((sends_dc && !dc_[choices[i + 1] >> 4]) || (sends_ac && !ac_[choices[i + 1] & 15]) ||
          !quantisation_[component->quantisation]) {
        throw error("a scan needs a table that is missing");
      }
      if (sends_dc && std::exchange(component->sent, true)) {
        throw error("a component is sent twice");
      }
    }
  }

  void end() const {
    if (components_.empty() || !std::ranges::all_of(components_, &component::sent)) {
      throw error("a component of the picture is missing");
    }
  }

  const bytes jpeg_;
  const limits& limits_;
  tables quantisation_, dc_, ac_;
  std::vector<component> components_;
  bool progressive_ = false;
  int scans_ = 0;
};

}  // namespace

void check_markers(std::span<const std::uint8_t> jpeg, const limits& limits) {
  checker(jpeg, limits).walk();
}

}  // namespace codec
