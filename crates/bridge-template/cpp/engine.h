// The C++ library, as Rust sees it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "rust/co_await_asio.h"
#include "rust/cxx.h"

struct Directory;

// The future that both languages know: `FutureText` in Rust, with an output of `String`.
CXXASYNC_DEFINE_FUTURE(rust::String, FutureText);

class Engine {
 public:
  explicit Engine(std::size_t threads) : pool_(threads) {}

  FutureText greet(rust::Box<Directory> directory, std::uint32_t id) const;

 private:
  mutable boost::asio::thread_pool pool_;
};

std::unique_ptr<Engine> new_engine(std::size_t threads);
