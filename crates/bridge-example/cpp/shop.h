#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(double, FuturePrice);

// Owns the threads that it works in.
class Shop {
 public:
  explicit Shop(std::size_t threads) : threads_(threads) {}

  // Awaited by Rust.
  FuturePrice total(rust::Vec<rust::String> basket) const;

 private:
  mutable boost::asio::thread_pool threads_;
};

std::unique_ptr<Shop> new_shop(std::size_t threads);
