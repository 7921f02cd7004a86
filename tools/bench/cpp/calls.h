// What the crossing costs are measured with: the same trivial work behind every kind of call.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>

#include "rust/co_await_asio.h"
#include "rust/cxx.h"

struct Context;

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureValue);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamOne);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamAhead);

using Done = rust::Fn<void(rust::Box<Context>, std::int64_t)>;

class Pool {
 public:
  explicit Pool(std::size_t threads) : threads_(threads) {}
  auto get_executor() const { return threads_.get_executor(); }

  rust::async::future<std::int64_t> next(std::int64_t value) const;
  rust::async::future<std::int64_t> sum(std::int64_t times) const;

 private:
  mutable boost::asio::thread_pool threads_;
};

std::unique_ptr<Pool> new_pool(std::size_t threads);
std::shared_ptr<Pool> shared_pool(std::size_t threads);

// A plain call, and the work of all others.
std::int64_t plain(std::int64_t value) noexcept;

// As in step 2: `done` is called exactly once, on a thread of the pool.
void call_back(const Pool& pool, std::int64_t value, rust::Box<Context> context, Done done);

// Coroutines that Rust awaits: ready at once, gone to the pool, and an awaitable run there.
FutureValue ready(std::int64_t value);
FutureValue scheduled(const Pool& pool, std::int64_t value);
FutureValue scheduled_on(const Pool& pool, std::int64_t value);
// The same with Asio's own `co_spawn` in the place of `schedule_on`.
FutureValue co_spawned(const Pool& pool, std::int64_t value);

// The other direction: each awaits `times` Rust futures, one after the other.
FutureValue awaits_in_asio(const Pool& pool, std::int64_t times);
FutureValue awaits_in_pool(const Pool& pool, std::int64_t times);
FutureValue awaits_plainly(std::int64_t times);
FutureValue awaits_ready(std::int64_t times);

// Streams, in the pool: so many items written, and all that come counted.
StreamOne yields_one(const Pool& pool, std::int64_t items);
StreamAhead yields_ahead(const Pool& pool, std::int64_t items);
FutureValue reads_one(const Pool& pool, StreamOne items);
FutureValue reads_ahead(const Pool& pool, StreamAhead items);
