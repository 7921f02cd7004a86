// Counts what is alive, so that a leak across the border of two languages shows as a number.
#pragma once

#include <atomic>
#include <cstdint>

namespace codec {

// A member, or a local of a coroutine, whose lifetime is that of whatever holds it.
class live {
 public:
  live() noexcept { ++count_; }
  live(const live&) noexcept { ++count_; }
  live& operator=(const live&) noexcept = default;
  ~live() { --count_; }

  // How many there are in this process now.
  static std::int64_t count() noexcept { return count_; }

 private:
  static inline std::atomic<std::int64_t> count_ = 0;
};

}  // namespace codec
