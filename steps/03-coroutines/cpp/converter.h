// The C++ side of the bridge: a pool of threads, and a coroutine that goes there.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "codec/cpp/codec.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

using Png = std::unique_ptr<std::vector<std::uint8_t>>;

// Owns the threads that convert. Whose they are, asio.cpp, folly.cpp or cppcoro.cpp says: one of
// them is compiled. Destroyed, it joins them: each call keeps it, so by then none waits.
class Converter {
 public:
  Converter(std::size_t threads, std::uint64_t max_pixels);

  // Goes on in a thread of the pool, if by then somebody still waits. Throws `codec::error`.
  //
  // The parameters are values: they move into the coroutine's frame and live as long as it does. A
  // slice would point at memory of the caller, who goes on at the first co_await; so it does not
  // compile.
  rust::async::future<Png> convert(rust::Vec<std::uint8_t> jpeg) const;

 private:
  class Pool;

  std::uint64_t max_pixels_;
  std::shared_ptr<Pool> pool_;  // which knows how to destroy what this header does not know
};

inline std::shared_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_shared<Converter>(threads, max_pixels);
}

// What runs the threads, for whoever asks the server.
rust::Str executor();

// What is done there, the same whoever runs it.
inline Png to_png(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels) {
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}
