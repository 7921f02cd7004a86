// Streams in both directions.
#pragma once

#include <cstdint>

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_asio.h"
#include "rust/cxx.h"

// As many may wait to be read as the attribute says in Rust.
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamAhead);

// 0, 1, 2 and so on, where it is called; and in the pool, where it goes once.
StreamInt numbers_here(std::int64_t count);
StreamAhead numbers_ahead(const Pool& pool, std::int64_t count);
// Counts those that it is at work on.
StreamAhead counted_numbers(std::int64_t count);
std::int64_t counted();

// Adds up what Rust says: where it is called, in the pool, and in an asio::awaitable there.
FutureInt adds(StreamInt numbers);
FutureInt adds_in_pool(const Pool& pool, StreamInt numbers);
FutureInt adds_in_asio(const Pool& pool, StreamInt numbers);
FutureInt adds_ahead(const Pool& pool, StreamAhead numbers);
// In a coroutine of another kind, which runs where it is woken; and with a completion handler.
std::int64_t adds_in_a_task(StreamInt numbers);
std::int64_t next_with_a_handler(StreamInt numbers);

// Reads so many, and lets go of the rest.
FutureInt reads_some(const Pool& pool, StreamInt numbers, std::int64_t count);
// What it got, in words, with what was thrown, and how it ended.
FutureText reads_all(StreamInt numbers);
// Each of them twice.
StreamInt doubles(const Pool& pool, StreamInt numbers);
// Reads a stream that it has moved away.
FutureInt reads_moved(StreamInt numbers);
