// The C++ side of the bridge: a pool of threads, and coroutines that go there and await Rust.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rust/co_await_keyed_mutex.h"
#include "rust/cxx.h"

using Png = std::unique_ptr<std::vector<std::uint8_t>>;

// Rust's; src/lib.rs says what is in them.
struct Kept;
struct Store;

// Owns the threads that convert. Destroyed, it joins them: each call keeps it, so by then none
// waits, be it for a thread, for Rust or for another.
class Converter {
 public:
  Converter(std::size_t threads, std::uint64_t max_pixels)
      : max_pixels_(max_pixels), pool_(threads) {}

  // Goes on in a thread of the pool, if by then somebody still waits. Throws `codec::error`.
  rust::async::future<Png> convert(rust::Vec<std::uint8_t> jpeg) const;

  // Looks into the store; when nothing is there, converts and keeps the PNG. Of two calls for one
  // name the second waits for the first. Throws `codec::error`, and what the store throws.
  rust::async::future<Kept> convert_and_store(rust::Box<Store> store, rust::String name,
                                              rust::Vec<std::uint8_t> jpeg) const;

 private:
  std::uint64_t max_pixels_;
  mutable rust::async::keyed_mutex<std::string> names_;
  // The last, so it goes first: its threads, which use the others, are joined then.
  mutable boost::asio::thread_pool pool_;
};

inline std::shared_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_shared<Converter>(threads, max_pixels);
}
