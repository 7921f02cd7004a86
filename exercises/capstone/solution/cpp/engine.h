// The C++ library, as Rust sees it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "rust/co_await_asio.h"
#include "rust/cxx.h"

// The future that both languages know: `FutureText` in Rust, with an output of `String`.
CXXASYNC_DEFINE_FUTURE(rust::String, FutureText);

class Engine {
 public:
  explicit Engine(std::size_t threads) : pool_(threads) {}

  // The longest piece of a text that occurs in it twice.
  FutureText longest(rust::Vec<std::uint8_t> text) const;

 private:
  mutable boost::asio::thread_pool pool_;
};

std::unique_ptr<Engine> new_engine(std::size_t threads);
