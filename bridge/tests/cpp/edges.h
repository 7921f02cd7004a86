// What the tests call to see where a bridge usually breaks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "bridge-tests/cpp/pool.h"
#include "rust/co_await_keyed_mutex.h"
#include "rust/cxx.h"

struct Pair;

CXXASYNC_DEFINE_FUTURE(std::int64_t, bridge_tests, inner, FutureNamed);
CXXASYNC_DEFINE_FUTURE(Pair, FuturePair);
CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureOwnWords);
CXXASYNC_DEFINE_STREAM(rust::String, StreamText);

using bridge_tests::inner::FutureNamed;

// Its destructor takes its time.
class Slow {
 public:
  explicit Slow(std::int64_t microseconds) : microseconds_(microseconds) { ++alive; }
  Slow(const Slow&) = delete;
  ~Slow();

  inline static std::atomic<std::int64_t> alive = 0;

 private:
  std::int64_t microseconds_;
};

std::unique_ptr<Slow> new_slow(std::int64_t microseconds);
std::int64_t live_slow();

// Ends in a thread of the pool, and leaves its parameters to the compiler.
FutureNamed with_parameters(const Pool& pool, std::unique_ptr<Slow> first,
                            std::unique_ptr<Slow> second, std::unique_ptr<Slow> third);

// A call through a plain function, through a coroutine within, and through both.
FutureNamed wraps(const Pool& pool, std::int64_t value);
FutureNamed awaits_its_own(const Pool& pool, std::int64_t value);
FutureNamed awaits_its_own_deeply(const Pool& pool, std::int64_t value, std::int64_t levels);

// Awaits Rust: in the pool, or wherever it is called; and tells the thread that it goes on in.
FutureNamed awaits_in_pool(const Pool& pool, FutureNamed future);
FutureNamed awaits_here(FutureNamed future);
FutureNamed thread_after_awaiting_in_pool(const Pool& pool, FutureNamed future);
// Awaits the same future twice.
FutureNamed awaits_twice(FutureNamed future);
bool task_is_destroyed_once(FutureNamed future);

FutureNamed throws_null();
FutureOwnWords throws_in_its_own_words(std::int32_t what);
FuturePair pair_of(std::int64_t number, rust::String text);
// `co_await` within the braces of what is returned.
FuturePair pair_in_braces(FutureNamed future);

// Numbers in words, each from the pool; without end where `count` is negative.
StreamText words(const Pool& pool, std::int64_t count);
// Without a pool.
StreamText words_here(std::int64_t count);
// The threads of its code: after it went to the pool, and after each `co_yield` that had to wait.
StreamText threads(const Pool& pool);
// Yields one, and then awaits Rust.
StreamText words_then_awaits(FutureNamed future);

// An io_context that nobody runs but the test, and a strand in it.
class Context {
 public:
  void run() const { context_.poll(); }

  FutureNamed awaits_on_strand(FutureNamed future) const;
  void begins_to_await_on_strand(FutureNamed future) const;

 private:
  mutable boost::asio::io_context context_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_{context_.get_executor()};
};

std::unique_ptr<Context> new_context();

// A mutex, and a pool.
class Locks {
 public:
  // Holds the key while it awaits Rust, where it was called.
  FutureNamed hold(std::int64_t key, FutureNamed future) const;
  // The same in the pool.
  FutureNamed hold_in_pool(std::int64_t key, FutureNamed future) const;

 private:
  mutable rust::async::keyed_mutex<std::int64_t> keys_;
  mutable boost::asio::thread_pool threads_{1};
};

std::unique_ptr<Locks> new_locks();
void make_mutexes(std::int64_t count);
