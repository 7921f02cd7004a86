// The C++ side of the bridge: a pool of threads, and a coroutine that goes there.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "rust/cxx.h"
#include "rust/cxx_async_tokio.h"

using Png = std::unique_ptr<std::vector<std::uint8_t>>;
using cxx_async_tokio::CallToken;

CXXASYNC_DEFINE_FUTURE(Png, FuturePng);

// Owns the threads that convert. Destroyed, it finishes the conversions that run, gives up those
// that wait, and joins its threads.
class Converter {
 public:
  Converter(std::size_t threads, std::uint64_t max_pixels);

  // Goes on in a thread of the pool; null when by then nobody waits. Throws `codec::error`.
  FuturePng convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const;

 private:
  std::uint64_t max_pixels_;
  mutable boost::asio::thread_pool pool_;
};

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels);
