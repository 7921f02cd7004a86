// The C++ side of the bridge: asks Rust for prices, in a pool of one thread. Nothing to do here.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(double, FuturePrice);

class Shop {
 public:
  // What two of an article cost.
  FuturePrice two_of(rust::String article) const;

 private:
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Shop> new_shop() { return std::make_unique<Shop>(); }
