// What the tests call in C++, and what it calls in Rust.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bridge-tests/cpp/pool.h"
#include "rust/co_await_asio.h"
#include "rust/cxx.h"

struct Thing;

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureInt);
CXXASYNC_DEFINE_FUTURE(void, FutureVoid);
CXXASYNC_DEFINE_FUTURE(rust::Box<Thing>, FutureThing);
CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::string>, FutureText);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamInt);

// Values.
FutureInt ready(std::int64_t value);
FutureInt scheduled(const Pool& pool, std::int64_t value);
FutureInt scheduled_on(const Pool& pool, std::int64_t value);
FutureVoid nothing(const Pool& pool, bool on);
FutureThing thing(const Pool& pool, std::int64_t value);
FutureText text(const Pool& pool, std::int64_t value);

// Exceptions: 0 is a std::runtime_error, 1 an int, 2 a class of its own.
FutureInt throws(const Pool& pool, std::int32_t what, bool on);
void throws_without_a_coroutine(std::int32_t what);

// Short work: passes the gate in a thread of the pool.
FutureInt short_work(const Pool& pool, std::shared_ptr<Gate> gate);

// Long work: passes the gate in a thread of the pool, waits for another turn there, and goes on.
FutureInt long_work(const Pool& pool, std::shared_ptr<Gate> gate);

// Streams: 0, 1, 2 and so on, each from a thread of the pool.
StreamInt numbers(const Pool& pool, std::int64_t count);
StreamInt endless_numbers(const Pool& pool);
StreamInt numbers_then_throw(const Pool& pool, std::int64_t count);

// Rust awaited from C++.
FutureInt awaits_plainly(FutureInt future);
FutureInt awaits_in_asio(const Pool& pool, FutureInt future);
FutureVoid awaits_nothing(const Pool& pool, FutureVoid future);
FutureThing awaits_thing(const Pool& pool, FutureThing future);
FutureText awaits_and_catches(const Pool& pool, FutureInt future);
FutureInt ping(const Pool& pool, std::int64_t levels);
std::int64_t awaits_with_use_future(FutureInt future);
std::int64_t awaits_with_callback(const Pool& pool, FutureInt future);
void begins_to_await(const Pool& pool, FutureInt future);
bool cancels_while_awaiting(const Pool& pool, FutureInt future);

// Where things run: the thread in which it begins, which it tells once it has passed the gate in
// the pool, and the thread after the co_await.
FutureInt thread_at_start(const Pool& pool, std::shared_ptr<Gate> gate);
FutureInt thread_after_schedule(const Pool& pool);
FutureInt thread_after_plain_await(FutureInt future);
FutureInt thread_after_asio_await(const Pool& pool, FutureInt future);

// As many coroutines of Asio's own, each of which goes to the pool so many times: their sum.
std::int64_t hops(const Pool& pool, std::int64_t coroutines, std::int64_t times);

// The input, as a view that somebody else owns and as a value of its own: both added up behind the
// gate, after the call has returned.
FutureInt sums_view(const Pool& pool, std::shared_ptr<Gate> gate,
                    rust::Slice<const std::uint8_t> bytes);
FutureInt sums_owned(const Pool& pool, std::shared_ptr<Gate> gate, rust::Vec<std::uint8_t> bytes);
