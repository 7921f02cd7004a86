// Futures as cxx-async alone has them.
#pragma once

#include <cstdint>
#include <memory>

#include "bridge-tests/cpp/pool.h"
#include "rust/cxx.h"
#include "rust/cxx_async.h"

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureBare);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamBare);

FutureBare throws_bare(bool an_int);
FutureBare awaits_bare(FutureBare future);
FutureBare bare_scheduled(const Pool& pool, std::int64_t value);
FutureBare bare_long_work(const Pool& pool, std::shared_ptr<Gate> gate);
StreamBare bare_numbers(const Pool& pool, std::int64_t count);
FutureBare bare_thread_after_await(FutureBare future);
// Two threads of a stream's code: after it went to the pool, and after a `co_yield` that waited.
StreamBare bare_stream_threads(const Pool& pool);
// Says nothing: `what()` is null.
FutureBare bare_throws_null();

// Whether cxx-async's `co_yield` writes to the frame after it has handed out its waker.
bool bare_co_yield_writes_late();
// Whether a task that its owner destroys while it awaits Rust is destroyed once more by the waker.
bool bare_task_is_destroyed_twice(FutureBare future);
