// What the tests call in C++, and what it calls in Rust.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <latch>
#include <memory>
#include <string>

#include "rust/cxx.h"
#include "rust/cxx_async_asio.h"
#include "rust/cxx_async_tokio.h"

struct Thing;

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureInt);
CXXASYNC_DEFINE_FUTURE(void, FutureVoid);
CXXASYNC_DEFINE_FUTURE(rust::Box<Thing>, FutureThing);
CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::string>, FutureText);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamInt);

using Token = rust::Box<cxx_async_tokio::CallToken>;

// A pool of threads. Destroyed, it gives up what is queued.
class Pool {
 public:
  using executor_type = boost::asio::thread_pool::executor_type;

  explicit Pool(std::size_t threads) : threads_(threads) {}
  auto get_executor() const { return threads_.get_executor(); }

 private:
  mutable boost::asio::thread_pool threads_;
};

// Holds up whoever passes until it is opened, and counts those who came. Notes whether one who
// passed was told that nobody waits.
class Gate {
 public:
  void pass() const {
    ++arrived_;
    open_.wait();
  }
  void open() const { open_.count_down(); }
  std::int64_t arrived() const noexcept { return arrived_; }
  void note(bool cancelled) const noexcept {
    if (cancelled) told_ = true;
  }
  bool told() const noexcept { return told_; }

 private:
  mutable std::latch open_{1};
  mutable std::atomic<std::int64_t> arrived_ = 0;
  mutable std::atomic<bool> told_ = false;
};

std::unique_ptr<Pool> new_pool(std::size_t threads);
std::shared_ptr<Gate> new_gate();

// How many coroutine frames of the functions below are alive.
std::int64_t live_frames();
std::uint64_t thread_id();
void exit_silently();
// Whether `co_yield` writes to the frame after it has handed out its waker.
bool co_yield_writes_late();
// In which order the parts of a coroutine go that has ended, or is destroyed while it waits.
rust::String order_of_destruction(bool destroyed_while_it_waits);

// Values.
FutureInt ready(std::int64_t value, Token token);
FutureInt scheduled(const Pool& pool, std::int64_t value, Token token);
FutureInt scheduled_on(const Pool& pool, std::int64_t value, Token token);
FutureVoid nothing(const Pool& pool, bool on, Token token);
FutureThing thing(const Pool& pool, std::int64_t value, Token token);
FutureText text(const Pool& pool, std::int64_t value, Token token);

// Exceptions: 0 is a std::runtime_error, 1 an int, 2 a class of its own.
FutureInt throws(const Pool& pool, std::int32_t what, bool on, Token token);
void throws_without_a_coroutine(std::int32_t what);

// Long work: passes the gate in a thread of the pool, and tells whether it was cancelled by then.
FutureInt long_work(const Pool& pool, std::shared_ptr<Gate> gate, Token token);

// Streams: 0, 1, 2 and so on, each from a thread of the pool.
StreamInt numbers(const Pool& pool, std::int64_t count, Token token);
StreamInt numbers_until_cancelled(const Pool& pool, Token token);
StreamInt numbers_then_throw(const Pool& pool, std::int64_t count, Token token);

// Rust awaited from C++.
FutureInt awaits_plainly(FutureInt future, Token token);
FutureInt awaits_in_asio(const Pool& pool, FutureInt future, Token token);
FutureVoid awaits_nothing(const Pool& pool, FutureVoid future, Token token);
FutureThing awaits_thing(const Pool& pool, FutureThing future, Token token);
FutureText awaits_and_catches(const Pool& pool, FutureInt future, Token token);
FutureInt ping(const Pool& pool, std::int64_t levels, Token token);
std::int64_t awaits_with_use_future(FutureInt future);
std::int64_t awaits_with_callback(const Pool& pool, FutureInt future);
void begins_to_await(const Pool& pool, FutureInt future);
bool cancels_while_awaiting(const Pool& pool, FutureInt future);

// Where things run: the thread in which it begins, which it tells once it has passed the gate in
// the pool, and the thread after the co_await.
FutureInt thread_at_start(const Pool& pool, std::shared_ptr<Gate> gate, Token token);
FutureInt thread_after_schedule(const Pool& pool, Token token);
FutureInt thread_after_plain_await(FutureInt future, Token token);
FutureInt thread_after_asio_await(const Pool& pool, FutureInt future, Token token);

// As many coroutines of Asio's own, each of which goes to the pool so many times: their sum.
std::int64_t hops(const Pool& pool, std::int64_t coroutines, std::int64_t times);

// Without a token, for what cxx-async does by itself.
FutureInt unguarded(const Pool& pool, std::int64_t value);
FutureInt unguarded_long_work(const Pool& pool, std::shared_ptr<Gate> gate);
StreamInt unguarded_numbers(const Pool& pool, std::int64_t count);
FutureInt unguarded_await(FutureInt future);

// The input, as a view that somebody else owns and as a value of its own: both added up behind the
// gate, after the call has returned.
FutureInt sums_view(const Pool& pool, std::shared_ptr<Gate> gate,
                    rust::Slice<const std::uint8_t> bytes, Token token);
FutureInt sums_owned(const Pool& pool, std::shared_ptr<Gate> gate, rust::Vec<std::uint8_t> bytes,
                     Token token);
