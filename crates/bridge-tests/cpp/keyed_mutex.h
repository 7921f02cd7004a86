// What the tests of the keyed mutex call.
#pragma once

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_keyed_mutex.h"

// A mutex for each number, and a pool for those that wait.
class Keys {
 public:
  explicit Keys(std::size_t threads) : threads_(threads), keys_(threads_) {}

  // Awaits a Rust future with the key held, and gives the thread that it was in when it got it.
  FutureInt hold(std::int64_t key, FutureInt future) const;

 private:
  mutable boost::asio::thread_pool threads_;
  mutable rust::async::keyed_mutex<std::int64_t> keys_;
};

std::unique_ptr<Keys> new_keys(std::size_t threads);
