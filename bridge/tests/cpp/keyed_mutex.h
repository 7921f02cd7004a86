// What the tests of the keyed mutex call.
#pragma once

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_keyed_mutex.h"

// A mutex for each number, and a pool for those that wait.
class Keys {
 public:
  explicit Keys(std::size_t threads) : threads_(threads) {}

  // Awaits a Rust future with the key held, and gives the thread that it was in when it got it.
  FutureInt hold(std::int64_t key, FutureInt future) const;
  // The same, having gone to the pool first.
  FutureInt hold_in_pool(std::int64_t key, FutureInt future) const;

  // Goes to the pool, and takes a key there, again and again.
  FutureInt take_turns(std::int64_t key) const;

 private:
  mutable rust::async::keyed_mutex<std::int64_t> keys_;
  mutable boost::asio::thread_pool threads_;
};

std::unique_ptr<Keys> new_keys(std::size_t threads);
