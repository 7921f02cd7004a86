// The C++ library, as Rust sees it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "rust/co_await_asio.h"
#include "rust/cxx.h"

// ANCHOR: both
struct Directory;

// ANCHOR_END: both
class Engine {
 public:
  explicit Engine(std::size_t threads) : pool_(threads) {}

  // ANCHOR: both
  rust::async::future<rust::String> greet(rust::Box<Directory> directory, std::uint32_t id) const;
  // ANCHOR_END: both
  // ANCHOR: one-way
  rust::async::future<rust::String> name_of(std::uint32_t id) const;
  // ANCHOR_END: one-way

 private:
  mutable boost::asio::thread_pool pool_;
};

std::shared_ptr<Engine> new_engine(std::size_t threads);
