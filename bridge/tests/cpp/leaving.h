// C++ that waits, in every way that it can, for those who leave meanwhile.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_keyed_mutex.h"
#include "rust/cxx.h"

// Asio of Boost 1.77 and later can cancel what runs.
bool asio_cancels();

// In `schedule_on`: for a timer, for a peer that says nothing, for a Rust future, for a key.
FutureInt waits_for_timer(const Pool& pool, std::int64_t milliseconds);
FutureInt waits_for_peer(const Pool& pool, std::uint16_t port);
FutureInt waits_for_rust(const Pool& pool, FutureInt future);

// On a strand that the caller makes, and on an executor of which awaitables are of another type.
FutureInt waits_on_strand(const Pool& pool, std::int64_t milliseconds);
FutureInt waits_on_typed_executor(const Pool& pool, std::int64_t milliseconds);

// For a timer of an hour and for a Rust future, whichever is there first, or for both.
FutureInt waits_for_either(const Pool& pool, FutureInt future);
FutureInt waits_for_both(const Pool& pool, FutureInt future);

// Two hops and a timer that is over at once.
FutureInt hops_about(const Pool& pool);

// Computes in the pool until it is asked to stop.
FutureInt computes_until_stopped(const Pool& pool);
// Whether the token is the same before and after it goes to the pool.
FutureInt has_one_token(const Pool& pool);
// The token of a call that is not left.
FutureInt is_not_stopped();

// Something to wait for that the bridge does not know.
class Doorbell {
 public:
  // Waits for the bell, then for a thread of the pool.
  FutureInt waits(const Pool& pool) const;
  // Resumes who waits.
  void ring() const { waits_.resume(); }
  std::int64_t heard() const { return heard_; }
  std::int64_t reached_the_pool() const { return reached_the_pool_; }

 private:
  mutable std::coroutine_handle<> waits_;
  mutable std::int64_t heard_ = 0;
  mutable std::int64_t reached_the_pool_ = 0;
};

std::unique_ptr<Doorbell> new_doorbell();

// Waits for a key that somebody holds, in a coroutine and in an awaitable.
class KeyHolder {
 public:
  explicit KeyHolder(std::size_t threads) : threads_(threads) {}

  FutureInt hold(std::int64_t key, FutureInt future) const;
  FutureInt waits(std::int64_t key) const;
  FutureInt waits_in_asio(std::int64_t key) const;

 private:
  mutable rust::async::keyed_mutex<std::int64_t> keys_;
  mutable boost::asio::thread_pool threads_;
};

std::unique_ptr<KeyHolder> new_key_holder(std::size_t threads);
