// What stb_image leaves to its caller. Each rule here stands for a file that stb would overflow on
// (a Huffman table of more codes than it has room for), decode into chance (tables and components
// that were never sent), call a success (a picture that was cut off), or be busy with for hours.
//
// Versions of stb differ in what they do with anything unusual: one refuses it, the next gives up
// in the middle and calls that a success. So stb gets a copy in which nothing unusual is left, and
// the answer is the same with every version.

#include "codec/cpp/markers.h"

#include <algorithm>
#include <bitset>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "codec/cpp/metadata.h"

namespace codec {
namespace {

// Scans in a real progressive JPEG: about ten. Each is a pass over the whole picture that may cost
// its sender a few bytes.
constexpr int max_scans = 100;

// stb has room for 256 codes and mistakes the last of them. A real table has 176 at most.
constexpr int max_codes = 255;

constexpr std::uint8_t tem = 0x01, sof0 = 0xC0, sof1 = 0xC1, sof2 = 0xC2, sof3 = 0xC3, dht = 0xC4,
                       sof9 = 0xC9, sof10 = 0xCA, sof11 = 0xCB, dac = 0xCC, sof15 = 0xCF,
                       rst0 = 0xD0, rst7 = 0xD7, soi = 0xD8, eoi = 0xD9, sos = 0xDA, dqt = 0xDB,
                       dnl = 0xDC, dri = 0xDD, app0 = 0xE0, app1 = 0xE1, app2 = 0xE2, app14 = 0xEE,
                       app15 = 0xEF, jpeg_ls = 0xF7, com = 0xFE;

bool is_restart(std::uint8_t marker) { return marker >= rst0 && marker <= rst7; }

using bytes = std::span<const std::uint8_t>;

// What a marker segment holds, from front to back.
class segment {
 public:
  explicit segment(bytes rest) : rest_(rest) {}

  bool empty() const noexcept { return rest_.empty(); }
  bytes rest() const noexcept { return rest_; }
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

  checked_jpeg walk() {
    if (jpeg_.size() < 2 || jpeg_[0] != 0xFF || jpeg_[1] != soi) {
      throw error("not a JPEG: it does not begin with the bytes FF D8");
    }
    out_.bytes = {0xFF, soi};
    out_.bytes.reserve(jpeg_.size() + 64);
    std::size_t at = 2;
    // Bytes between two segments that belong to neither are skipped.
    while (const std::uint8_t marker = next_marker(at)) {
      if (marker == eoi) return end();
      if (marker == tem || is_restart(marker)) continue;
      if (marker == soi) throw error("a second picture begins before the first has ended");

      const bytes rest = jpeg_.subspan(at);
      if (rest.size() < 2) break;
      const auto length = static_cast<std::size_t>(rest[0] << 8 | rest[1]);
      if (length < 2) throw error("a part of the header has an impossible length");
      if (length > rest.size()) break;
      const bool needed = check(marker, segment(rest.subspan(2, length - 2)));
      if (needed) {
        out_.bytes.insert(out_.bytes.end(), {0xFF, marker});
        append(rest.first(length));
      }
      at += length;
      if (marker == sos) at = scan_data(at);
    }
    throw error("the picture is cut off: its end-of-image marker is missing");
  }

 private:
  struct component {
    int id;
    int across, down;  // sampling factors
    int quantisation;
    bool sent = false;
  };
  // By number. Scans may name some that cannot be there.
  using tables = std::bitset<256>;

  void append(bytes some) { out_.bytes.insert(out_.bytes.end(), some.begin(), some.end()); }

  // The next marker from `at` on, which is then behind it; 0 when there is none. FF 00 is an
  // escaped FF, and FF FF a marker that is filled up.
  std::uint8_t next_marker(std::size_t& at) const {
    while (at + 1 < jpeg_.size()) {
      const auto* found =
          static_cast<const std::uint8_t*>(std::memchr(&jpeg_[at], 0xFF, jpeg_.size() - at - 1));
      if (!found) break;
      at = found - jpeg_.data() + 1;
      if (jpeg_[at] == 0x00 || jpeg_[at] == 0xFF) continue;
      return jpeg_[at++];
    }
    return 0;
  }

  // Whether stb needs the segment. Throws when it cannot be right.
  bool check(std::uint8_t marker, segment segment) {
    switch (marker) {
      case sos:
        scan(segment);
        return true;
      case dqt:
        quantisation_tables(segment);
        return true;
      case dht:
        huffman_tables(segment);
        return true;
      case sof0:
      case sof1:
      case sof2:
        progressive_ = marker == sof2;
        frame(segment);
        return true;
      case dri:
        restart_interval_ = segment.word();
        if (!segment.empty()) throw error("the restart interval (DRI) is too long");
        return true;
      case dnl:
        if (segment.word() != height_) throw error("the header and DNL disagree about the height");
        return false;
      case app0:
        return true;
      case app1:
        if (const int orientation = exif_orientation(segment.rest())) {
          out_.orientation = orientation;
        }
        return false;
      case app2:
        icc_.add(segment.rest());
        return false;
      case app14: {
        const bytes adobe = segment.rest();
        adobe_ = adobe_ || (adobe.size() >= 12 && std::memcmp(adobe.data(), "Adobe", 5) == 0);
        return true;
      }
      case sof3:
      case sof11:
        throw error("the picture is a lossless JPEG, which cannot be read");
      case sof9:
      case sof10:
      case dac:
        throw error("the picture is arithmetic-coded, which cannot be read");
      case jpeg_ls:
        throw error("the picture is JPEG-LS, which cannot be read");
      default:
        if (marker > sof2 && marker <= sof15) {
          throw error("the picture is a hierarchical JPEG, which cannot be read");
        }
        if (marker == com || (marker > app0 && marker <= app15)) return false;
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
      const bytes symbols = segment.take(codes);
      const bool ac = which >> 4;
      // For DC a symbol is a number of bits, and 8 bits a sample make no more (ISO 10918-1,
      // F.1.2.1).
      if (!ac && std::ranges::any_of(symbols, [](auto bits) { return bits > 11; })) {
        throw error("a Huffman table has a number of bits that no sample has");
      }
      (ac ? ac_ : dc_).set(which & 15);
    }
  }

  void frame(segment segment) {
    if (!components_.empty()) throw error("there is more than one picture in the file");
    const int bits = segment.byte();
    height_ = segment.word();
    width_ = segment.word();
    if (bits != 8) {
      throw error("the picture has " + std::to_string(bits) +
                  " bits a sample, and only 8 are read");
    }
    if (width_ == 0 || height_ == 0) throw error("the header says that the picture is empty");
    const auto pixels = static_cast<std::uint64_t>(width_) * height_;
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
      const int id = segment.byte(), sampling = segment.byte();
      if (std::ranges::find(components_, id, &component::id) != components_.end()) {
        throw error("two components of the picture have the same number");
      }
      components_.push_back({id, sampling >> 4, sampling & 15, segment.byte()});
    }
    if (components_.size() != 1 && components_.size() != 3 && components_.size() != 4) {
      throw error("the picture has " + std::to_string(components_.size()) +
                  " components, and only 1, 3 and 4 are read");
    }
    out_.channels = components_.size() == 1 ? 1 : 3;
    sampling();
  }

  // stb scales a component by whole numbers only.
  void sampling() {
    for (const component& it : components_) {
      if (it.across < 1 || it.across > 4 || it.down < 1 || it.down > 4) {
        throw error("a sampling factor of the picture is not between 1 and 4");
      }
      most_across_ = std::max(most_across_, it.across);
      most_down_ = std::max(most_down_, it.down);
    }
    for (const component& it : components_) {
      if (most_across_ % it.across != 0 || most_down_ % it.down != 0) {
        throw error("the picture's sampling factors are not whole parts of each other");
      }
    }
  }

  void scan(segment segment) {
    if (components_.empty()) throw error("a scan comes before the header of the picture");
    if (++scans_ > max_scans) throw error("the picture has too many scans");
    const bytes choices = segment.take(std::size_t{2} * segment.byte());
    const int from = segment.byte(), to = segment.byte(), precision = segment.byte();
    const int before = precision >> 4, now = precision & 15;
    progression(choices.size() / 2, from, to, before, now);
    const bool sends_dc = from == 0 && before == 0;
    const bool sends_ac = !progressive_ || from != 0;

    auto next = components_.begin();
    for (std::size_t i = 0; i < choices.size(); i += 2) {
      const auto component = std::ranges::find(components_, choices[i], &component::id);
      if (component == components_.end()) {
        throw error("a scan is of a component that the picture does not have");
      }
      if (component < next) throw error("the components of a scan are in the wrong order");
      next = component + 1;
      if (!dc_.any() && !ac_.any()) {
        throw error(
            "the picture has no Huffman tables, as a frame of a Motion-JPEG video, which "
            "cannot be read");
      }
      if ((sends_dc && !dc_[choices[i + 1] >> 4]) || (sends_ac && !ac_[choices[i + 1] & 15]) ||
          !quantisation_[component->quantisation]) {
        throw error("a scan needs a table that is missing");
      }
      if (sends_dc && std::exchange(component->sent, true)) {
        throw error("a component is sent twice");
      }
    }
    // A scan of one component has a block at a time, and none for what is only padding.
    const auto blocks = [](int size, int per) { return (size + 8 * per - 1) / (8 * per); };
    if (choices.size() == 2) {
      const auto only = std::prev(next);
      units_ = blocks((width_ * only->across + most_across_ - 1) / most_across_, 1) *
               blocks((height_ * only->down + most_down_ - 1) / most_down_, 1);
    } else {
      units_ = blocks(width_, most_across_) * blocks(height_, most_down_);
    }
  }

  // Which coefficients a scan sends, `from` one `to` another, and how many of their last bits are
  // left for later: `now`, and `before` in the scan that this one refines (ISO 10918-1, G.1.1.1).
  void progression(std::size_t components, int from, int to, int before, int now) const {
    const bool of_one =
        progressive_ ? (before == 0 || before == now + 1) && now <= 13 : before == 0;
    const bool band =
        progressive_ ? (from == 0 ? to == 0 : from <= to && components == 1) : from == 0;
    if (components < 1 || components > 4 || !band || to > 63 || !of_one ||
        (!progressive_ && now != 0)) {
      throw error("a scan says that it sends what no scan can send (bad SOS)");
    }
  }

  // Checks the entropy-coded data of a scan, copies it, and says where it ends.
  std::size_t scan_data(std::size_t begin) {
    // Restart markers come after every so many units, numbered from 0 to 7 and again.
    const int expected = restart_interval_ ? (units_ - 1) / restart_interval_ : 0;
    std::size_t at = begin, end = begin;
    int restarts = 0;
    for (bool last = false;;) {
      const std::uint8_t marker = next_marker(at);
      if (!marker) throw error("the picture is cut off: its end-of-image marker is missing");
      if (!is_restart(marker)) {
        const std::size_t next = begin_of_marker(at - 2, begin);
        if (!last) end = next;
        if (restarts < expected || (last && next != end + 2)) break;
        const std::size_t data = out_.bytes.size();
        append(jpeg_.subspan(begin, end - begin));
        out_.scans.push_back({data, out_.bytes.size()});
        out_.bytes.resize(out_.bytes.size() + read_ahead);
        return next;
      }
      if (last || (restarts < expected && marker != rst0 + restarts % 8)) break;
      // One after the last unit is one too many, and does no harm.
      last = restarts == expected;
      end = at - 2;
      ++restarts;
    }
    throw error("a part of the picture is missing: its restart markers do not follow each other");
  }

  // Fill bytes belong to the marker behind them.
  std::size_t begin_of_marker(std::size_t at, std::size_t begin) const {
    while (at > begin && jpeg_[at - 1] == 0xFF) --at;
    return at;
  }

  checked_jpeg end() {
    if (components_.empty() || !std::ranges::all_of(components_, &component::sent)) {
      throw error("a component of the picture is missing");
    }
    if (components_.size() == 4 && !adobe_) {
      throw error(
          "the picture has four colours and does not say which: an Adobe marker is missing");
    }
    out_.bytes.insert(out_.bytes.end(), {0xFF, eoi});
    out_.icc = icc_.whole(out_.channels);
    return std::move(out_);
  }

  const bytes jpeg_;
  const limits& limits_;
  checked_jpeg out_;
  icc_profile icc_;
  tables quantisation_, dc_, ac_;
  std::vector<component> components_;
  int width_ = 0, height_ = 0;
  int most_across_ = 1, most_down_ = 1;
  int units_ = 0;  // what the scan sends: blocks, or groups of one block or more for each component
  int restart_interval_ = 0;
  bool progressive_ = false;
  bool adobe_ = false;
  int scans_ = 0;
};

}  // namespace

checked_jpeg check_markers(std::span<const std::uint8_t> jpeg, const limits& limits) {
  return checker(jpeg, limits).walk();
}

}  // namespace codec
